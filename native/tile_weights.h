// Weights in the order of the matrix tiles, kept while they are the same: a recurrence and an imagination take one weight
// many times, and putting it in order costs as much as some dozens of rows.
#pragma once
#include "amx_convolutions.h"

#include <ATen/ATen.h>

#include <array>
#include <memory>
#include <mutex>

namespace reverie {

#ifdef REVERIE_HAS_AMX

class TileWeights {
public:
    // What is kept for this weight and bias, which may be undefined, or what `make` makes; `form` tells uses apart that
    // order one weight in different ways. A weight counts as the same until an operator of ATen's writes to it.
    template <class Make>
    std::shared_ptr<const amx::Convolution> of(const at::Tensor& weight, const at::Tensor& bias, int64_t form, Make make) {
        std::lock_guard<std::mutex> lock(_mutex);
        auto of_weight = weight.unsafeGetTensorImpl();
        auto of_bias = bias.defined() ? bias.unsafeGetTensorImpl() : nullptr;
        uint32_t bias_version = bias.defined() ? bias._version() : 0;
        for (auto& one : _kept)
            if (one.form == form && one.convolution && one.weight == of_weight && one.bias == of_bias &&
                one.weight_version == weight._version() && one.bias_version == bias_version)
                return one.convolution;
        auto& slot = _kept[_next++ % _kept.size()];
        uint32_t weight_version = weight._version();
        slot = {of_weight, of_bias, weight_version, bias_version, form, Hold(weight.getIntrusivePtr()),
                Hold(bias.getIntrusivePtr()), std::make_shared<const amx::Convolution>(make())};
        return slot.convolution;
    }

private:
    // While one of these lives, no other tensor takes its place in memory.
    using Hold = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

    struct Kept {
        c10::TensorImpl *weight = nullptr, *bias = nullptr;
        uint32_t weight_version = 0, bias_version = 0;
        int64_t form = 0;
        Hold hold_weight{at::Tensor().getIntrusivePtr()}, hold_bias{at::Tensor().getIntrusivePtr()};
        std::shared_ptr<const amx::Convolution> convolution;
    };

    std::mutex _mutex;
    std::array<Kept, 64> _kept;
    size_t _next = 0;
};

#endif

}  // namespace reverie
