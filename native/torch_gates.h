// Gates of recurrent cells as operators: one pass over rows forwards and one backwards, float32 or bfloat16. What a form of
// gates computes of one row, the files say that include this.
#pragma once
#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace reverie {

inline bool is_one_of(const at::Tensor& t, std::initializer_list<at::ScalarType> types) {
    return t.is_cpu() && std::find(types.begin(), types.end(), t.scalar_type()) != types.end();
}

// Whether parts (N, kinds·D) and state (N, D) can be gone through here.
inline bool gates_fit(const at::Tensor& parts, const at::Tensor& state, int64_t kinds) {
    return own_kernels && parts.dim() == 2 && state.dim() == 2 && is_one_of(parts, {at::kFloat, at::kBFloat16}) &&
           is_one_of(state, {at::kFloat, parts.scalar_type()}) && parts.size(0) == state.size(0) &&
           parts.size(1) == kinds * state.size(1);
}

// Where a pass over gates stands: at which row, and in which block of its units. Parts in blocks are (N, g, ·), whatever
// the order of the first two in memory.
struct GatePlace {
    int64_t row, block, blocks;

    template <class T>
    T* in(const at::Tensor& t) const {
        auto data = static_cast<T*>(t.data_ptr());
        return t.dim() == 3 ? data + row * t.stride(0) + block * t.stride(1)
                            : data + row * t.size(1) + block * (t.size(1) / blocks);
    }
};

// Calls work(a number of the parts' type, one of the state's, place) for each block of each row, on all threads.
template <bool InBfloat16, class Work>
void over_gates(const torch::autograd::variable_list& inputs, Work work) {
    const auto &parts = inputs.front(), &state = inputs.back();
    auto blocks = parts.dim() == 3 ? parts.size(1) : 1;
    auto typed = [&](auto part, auto unit) {
        at::parallel_for(0, state.size(0), 16, [&](int64_t first, int64_t last) {
            for (auto n = first; n < last; n++)
                for (int64_t b = 0; b < blocks; b++) work(part, unit, GatePlace{n, b, blocks});
        });
    };
    if constexpr (InBfloat16) {
        if (parts.scalar_type() != at::kFloat) {
            if (state.scalar_type() == at::kFloat) typed(uint16_t(), float());
            else typed(uint16_t(), uint16_t());
            return;
        }
    }
    typed(float(), float());
}

// A form says what one block of a row comes to, forward(parts…, state, result, units), and what gradients it has,
// backward(parts…, state, outgoing, to parts…, to state, units); how many parts come before the state; whether it takes
// bfloat16; what tensor its result is, and whether in the parts' type or the state's.
template <class Form>
struct GatePass : torch::autograd::Function<GatePass<Form>> {
    using Inputs = torch::autograd::variable_list;
    using Parts = std::make_index_sequence<Form::parts>;

    template <class... Given>
    static at::Tensor forward(torch::autograd::AutogradContext* context, const Given&... given) {
        Inputs inputs{(given.dim() == 3 && given.stride(2) == 1 ? given : given.contiguous())...};
        auto result = Form::result(inputs);
        over_gates<Form::in_bfloat16>(inputs, [&](auto part, auto unit, const GatePlace& place) {
            forward_at<decltype(part), decltype(unit)>(inputs, result, place, Parts());
        });
        context->save_for_backward(inputs);
        return result;
    }

    static Inputs backward(torch::autograd::AutogradContext* context, Inputs gradients) {
        auto inputs = context->get_saved_variables();
        auto outgoing = gradients[0].contiguous();
        // As the parts lie where they have no gaps: as a product wants its gradient.
        Inputs to;
        for (const auto& input : inputs) to.push_back(at::empty_like(input));
        over_gates<Form::in_bfloat16>(inputs, [&](auto part, auto unit, const GatePlace& place) {
            backward_at<decltype(part), decltype(unit)>(inputs, outgoing, to, place, Parts());
        });
        return to;
    }

private:
    template <class T, class H>
    using Result = std::conditional_t<Form::as_parts, T, H>;

    template <class T, class H, size_t... Part>
    static void forward_at(const Inputs& inputs, const at::Tensor& result, const GatePlace& place,
                           std::index_sequence<Part...>) {
        Form::forward(place.in<T>(inputs[Part])..., place.in<H>(inputs.back()), place.in<Result<T, H>>(result),
                      inputs.back().size(1) / place.blocks);
    }

    template <class T, class H, size_t... Part>
    static void backward_at(const Inputs& inputs, const at::Tensor& outgoing, const Inputs& to, const GatePlace& place,
                            std::index_sequence<Part...>) {
        Form::backward(place.in<T>(inputs[Part])..., place.in<H>(inputs.back()), place.in<Result<T, H>>(outgoing),
                       place.in<T>(to[Part])..., place.in<H>(to.back()), inputs.back().size(1) / place.blocks);
    }
};

}  // namespace reverie
