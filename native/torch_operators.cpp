// Operators that libtorch lacks, registered in its own dispatcher under "reverie::", so that the binding reaches them
// like any other. Each has a plain form for any device and, where it pays, a loop of its own for the processor.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cstring>

#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace reverie;

// Both strictly without gaps and with the same order in memory, so that one loop over both visits equal elements.
bool same_layout(const Tensor& a, const Tensor& b) {
    return a.is_cpu() && b.is_cpu() && a.sizes() == b.sizes() && a.strides() == b.strides() &&
           a.is_non_overlapping_and_dense() && a.dim() > 1 && a.stride(0) * a.size(0) == a.numel();
}

// ½(mean − target)² summed over all but the first dimension, accumulated in float whatever the type; backward forms
// the difference again instead of keeping it.
template <class M, class X>
ALWAYS_INLINE float error_row(const M* __restrict mean, const X* __restrict target, int64_t width) {
    constexpr int64_t lanes = 32;               // independent sums, so that the compiler can use vectors
    float partial[lanes] = {}, sum = 0;
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes)
        for (int64_t k = 0; k < lanes; k++) {
            float d = widen(mean[i + k]) - widen(target[i + k]);
            partial[k] += d * d;
        }
    for (; i < width; i++) {
        float d = widen(mean[i]) - widen(target[i]);
        sum += d * d;
    }
    for (auto p : partial) sum += p;
    return sum / 2;
}

template <class M, class X>
ALWAYS_INLINE void error_back_row(const M* __restrict mean, const X* __restrict target, float scale, M* __restrict gradient,
                                  int64_t width) {
#pragma GCC ivdep
    for (int64_t i = 0; i < width; i++) narrow(scale * (widen(mean[i]) - widen(target[i])), gradient[i]);
}

FOR_EACH_PROCESSOR(error_of, error_row)
FOR_EACH_PROCESSOR(error_back, error_back_row)

template <class T>
T* elements(const Tensor& t) { return static_cast<T*>(t.data_ptr()); }

struct HalfSquaredError : torch::autograd::Function<HalfSquaredError> {
    static bool fit(const Tensor& mean, const Tensor& target) {
        auto from = mean.scalar_type(), to = target.scalar_type();
        return own_kernels && same_layout(mean, target) && (from == at::kFloat || from == at::kBFloat16) &&
               (to == at::kFloat || to == from);
    }

    // Calls with the elements' types of both.
    template <class Call>
    static void with_types(const Tensor& mean, const Tensor& target, Call call) {
        if (mean.scalar_type() == at::kFloat) call(float(), float());
        else if (target.scalar_type() == at::kFloat) call(uint16_t(), float());
        else call(uint16_t(), uint16_t());
    }

    // The type that differences are taken in where there is no loop of ours.
    static Tensor wide(const Tensor& t) { return t.scalar_type() == at::kDouble ? t : t.to(at::kFloat); }

    static Tensor forward(AutogradContext* context, const Tensor& mean, const Tensor& target) {
        context->save_for_backward({mean, target});
        if (!fit(mean, target)) return (wide(mean) - wide(target)).square().flatten(1).sum(1).mul_(0.5);
        auto rows = mean.size(0), width = mean.numel() / rows;
        auto sums = at::empty({rows}, target.options().dtype(at::kFloat));
        with_types(mean, target, [&](auto of_mean, auto of_target) {
            using M = decltype(of_mean);
            using X = decltype(of_target);
            at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
                for (auto n = begin; n < end; n++)
                    sums.data_ptr<float>()[n] = error_of(elements<M>(mean) + n * width, elements<X>(target) + n * width, width);
            });
        });
        return sums;
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        const auto &mean = saved[0], &target = saved[1];
        if (!fit(mean, target)) {
            std::vector<int64_t> shape(mean.dim(), 1);
            shape[0] = -1;
            return {((wide(mean) - wide(target)) * outgoing[0].reshape(shape)).to(mean.scalar_type()), Tensor()};
        }
        auto scale = outgoing[0].to(at::kFloat).contiguous();
        auto rows = mean.size(0), width = mean.numel() / rows;
        auto gradient = at::empty_like(mean);
        with_types(mean, target, [&](auto of_mean, auto of_target) {
            using M = decltype(of_mean);
            using X = decltype(of_target);
            at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
                for (auto n = begin; n < end; n++)
                    error_back(elements<M>(mean) + n * width, elements<X>(target) + n * width, scale.data_ptr<float>()[n],
                               elements<M>(gradient) + n * width, width);
            });
        });
        return {gradient, Tensor()};
    }
};

// SplitMix64 (Steele et al. 2014) from a place of its sequence on: every bit of the place reaches every bit of the result.
ALWAYS_INLINE void mix_row(uint64_t seed, int64_t first, int64_t count, uint64_t* __restrict noise) {
    for (int64_t i = 0; i < count; i++) {
        uint64_t z = seed + static_cast<uint64_t>(first + i + 1) * 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        noise[i] = z ^ (z >> 31);
    }
}

template <class T>
ALWAYS_INLINE void dequantize_row(const uint8_t* __restrict in, const uint16_t* __restrict noise, T* __restrict out,
                                  int64_t count, int shift, float step) {
    constexpr float unit = 1.0f / 65536;
    for (int64_t i = 0; i < count; i++) {
        int level = in[i] >> shift, part = noise[i];
        narrow((static_cast<float>(level) + static_cast<float>(part) * unit) * step - 0.5f, out[i]);
    }
}

template <class T>
ALWAYS_INLINE void scale_row(const uint8_t* __restrict in, T* __restrict out, int64_t count, int shift, float step) {
    for (int64_t i = 0; i < count; i++) {
        int level = in[i] >> shift;
        narrow(static_cast<float>(level) * step - 0.5f, out[i]);
    }
}

FOR_EACH_PROCESSOR(mix_from, mix_row)
FOR_EACH_PROCESSOR(dequantize_tile, dequantize_row)
FOR_EACH_PROCESSOR(scale_tile, scale_row)

// Calls with the elements' type where the loops above are for it.
template <class Call>
bool to_type(const Tensor& bytes, at::ScalarType type, Call call) {
    if (!bytes.is_cpu() || !bytes.is_non_overlapping_and_dense()) return false;
    if (type == at::kFloat) call(float());
    else if (type == at::kBFloat16) call(uint16_t());
    else return false;
    return true;
}

// floor(v / 2^(8−bits)) / 2^bits + U[0, 2^−bits) − ½ for bytes v. The noise of an element follows from the seed and its
// place in memory alone, so that it does not depend on the number of threads.
Tensor dequantize(const Tensor& bytes, int64_t bits, int64_t seed, at::ScalarType type) {
    auto step = 1.0f / static_cast<float>(1 << bits);
    int shift = static_cast<int>(8 - bits);
    auto result = at::empty_like(bytes, type);
    auto done = to_type(bytes, type, [&](auto element) {
        auto in = bytes.data_ptr<uint8_t>();
        auto out = elements<decltype(element)>(result);
        constexpr int64_t groups = 256;         // four noises of 16 bits from one number of 64
        auto total = bytes.numel();
        at::parallel_for(0, (total + 4 * groups - 1) / (4 * groups), 16, [&](int64_t begin, int64_t end) {
            uint64_t mixed[groups];
            uint16_t noise[4 * groups];
            for (auto tile = begin; tile < end; tile++) {
                mix_from(static_cast<uint64_t>(seed), tile * groups, groups, mixed);
                std::memcpy(noise, mixed, sizeof noise);
                auto at = tile * 4 * groups;
                dequantize_tile(in + at, noise, out + at, std::min(4 * groups, total - at), shift, step);
            }
        });
    });
    if (done) return result;
    auto coarse = at::bitwise_right_shift(bytes, at::scalar_tensor(shift, at::TensorOptions().dtype(at::kByte))).to(at::kFloat);
    auto generator = at::globalContext().defaultGenerator(bytes.device()).clone();
    generator.set_current_seed(static_cast<uint64_t>(seed));
    // Noise of 16 bits, as above: a finer one just below 1 would round up to the next step, and white to 1/2.
    auto noise = at::randint(65536, coarse.sizes(), generator, coarse.options()).mul_(1.0 / 65536);
    return noise.add_(coarse).mul_(step).sub_(0.5).to(type);
}

// floor(v / 2^(8−bits)) / (2^bits − 1) − ½ for bytes v.
Tensor scale_bytes(const Tensor& bytes, int64_t bits, at::ScalarType type) {
    auto step = 1.0f / static_cast<float>((1 << bits) - 1);
    int shift = static_cast<int>(8 - bits);
    auto result = at::empty_like(bytes, type);
    auto done = to_type(bytes, type, [&](auto element) {
        auto in = bytes.data_ptr<uint8_t>();
        auto out = elements<decltype(element)>(result);
        at::parallel_for(0, bytes.numel(), 16384, [&](int64_t begin, int64_t end) {
            scale_tile(in + begin, out + begin, end - begin, shift, step);
        });
    });
    if (done) return result;
    return at::bitwise_right_shift(bytes, at::scalar_tensor(shift, at::TensorOptions().dtype(at::kByte))).to(at::kFloat)
        .mul_(step).sub_(0.5).to(type);
}

Tensor half_squared_error(const Tensor& mean, const Tensor& target) { return HalfSquaredError::apply(mean, target); }

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("half_squared_error(Tensor mean, Tensor target) -> Tensor", &half_squared_error);
    library.def("dequantize(Tensor bytes, int bits, int seed, ScalarType dtype) -> Tensor", &dequantize);
    library.def("scale_bytes(Tensor bytes, int bits, ScalarType dtype) -> Tensor", &scale_bytes);
}
