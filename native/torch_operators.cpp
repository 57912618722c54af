// Operators that libtorch lacks, registered in its own dispatcher under "reverie::", so that the door reaches them
// like any other. Each has a plain form for any device and, where it pays, a loop of its own for the processor.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cstring>

#include "torch_processors.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Both strictly without gaps and with the same order in memory, so that one loop over both visits equal elements.
bool same_layout(const Tensor& a, const Tensor& b) {
    return a.is_cpu() && b.is_cpu() && a.sizes() == b.sizes() && a.strides() == b.strides() &&
           a.is_non_overlapping_and_dense() && a.dim() > 1 && a.stride(0) * a.size(0) == a.numel();
}

// ½(mean − target)² summed over all but the first dimension, accumulated in float whatever the type; backward forms
// the difference again instead of keeping it.
struct HalfSquaredError : torch::autograd::Function<HalfSquaredError> {
    static Tensor forward(AutogradContext* context, const Tensor& mean, const Tensor& target) {
        context->save_for_backward({mean, target});
        if (!same_layout(mean, target)) return (mean.to(target.scalar_type()) - target).square().flatten(1).sum(1).mul_(0.5);
        auto rows = mean.size(0), width = mean.numel() / rows;
        auto sums = at::empty({rows}, target.options());
        AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, mean.scalar_type(), "half_squared_error", [&] {
            using mean_t = scalar_t;
            AT_DISPATCH_FLOATING_TYPES(target.scalar_type(), "half_squared_error_target", [&] {
                auto m = mean.data_ptr<mean_t>();
                auto x = target.data_ptr<scalar_t>();
                auto s = sums.data_ptr<scalar_t>();
                at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
                    for (auto n = begin; n < end; n++) s[n] = row_sum(m + n * width, x + n * width, width);
                });
            });
        });
        return sums;
    }

    template <class M, class X>
    static X row_sum(const M* mean, const X* target, int64_t width) {
        constexpr int64_t lanes = 16;           // independent sums, so that the compiler can use vectors
        X partial[lanes] = {};
        int64_t i = 0;
        for (; i + lanes <= width; i += lanes)
            for (int64_t k = 0; k < lanes; k++) {
                X d = static_cast<X>(mean[i + k]) - target[i + k];
                partial[k] += d * d;
            }
        X sum = 0;
        for (; i < width; i++) {
            X d = static_cast<X>(mean[i]) - target[i];
            sum += d * d;
        }
        for (auto p : partial) sum += p;
        return sum / 2;
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        const auto &mean = saved[0], &target = saved[1];
        auto scale = outgoing[0].to(target.scalar_type()).contiguous();
        if (!same_layout(mean, target)) {
            std::vector<int64_t> shape(mean.dim(), 1);
            shape[0] = -1;
            return {((mean.to(target.scalar_type()) - target) * scale.reshape(shape)).to(mean.scalar_type()), Tensor()};
        }
        auto rows = mean.size(0), width = mean.numel() / rows;
        auto gradient = at::empty_like(mean);
        AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, mean.scalar_type(), "half_squared_error_backward", [&] {
            using mean_t = scalar_t;
            AT_DISPATCH_FLOATING_TYPES(target.scalar_type(), "half_squared_error_backward_target", [&] {
                auto m = mean.data_ptr<mean_t>();
                auto g = gradient.data_ptr<mean_t>();
                auto x = target.data_ptr<scalar_t>();
                auto s = scale.data_ptr<scalar_t>();
                at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
                    for (auto n = begin; n < end; n++)
                        for (auto i = n * width; i < (n + 1) * width; i++)
                            g[i] = static_cast<mean_t>(s[n] * (static_cast<scalar_t>(m[i]) - x[i]));
                });
            });
        });
        return {gradient, Tensor()};
    }
};

// SplitMix64 (Steele et al. 2014) from a place of its sequence on: every bit of the place reaches every bit of the result.
FOR_EACH_PROCESSOR
void mix_from(uint64_t seed, int64_t first, int64_t count, uint64_t* __restrict noise) {
    for (int64_t i = 0; i < count; i++) {
        uint64_t z = seed + static_cast<uint64_t>(first + i + 1) * 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        noise[i] = z ^ (z >> 31);
    }
}

FOR_EACH_PROCESSOR
void dequantize_tile(const uint8_t* __restrict in, const uint16_t* __restrict noise, float* __restrict out, int64_t count,
                     int shift, float step) {
    constexpr float unit = 1.0f / 65536;
    for (int64_t i = 0; i < count; i++) {
        int level = in[i] >> shift, part = noise[i];
        out[i] = (static_cast<float>(level) + static_cast<float>(part) * unit) * step - 0.5f;
    }
}

FOR_EACH_PROCESSOR
void scale_tile(const uint8_t* __restrict in, float* __restrict out, int64_t count, int shift, float step) {
    for (int64_t i = 0; i < count; i++) {
        int level = in[i] >> shift;
        out[i] = static_cast<float>(level) * step - 0.5f;
    }
}

// floor(v / 2^(8−bits)) / 2^bits + U[0, 2^−bits) − ½ for bytes v. The noise of an element follows from the seed and its
// place in memory alone, so that it does not depend on the number of threads.
Tensor dequantize(const Tensor& bytes, int64_t bits, int64_t seed) {
    auto step = 1.0f / static_cast<float>(1 << bits);
    int shift = static_cast<int>(8 - bits);
    if (!bytes.is_cpu() || !bytes.is_non_overlapping_and_dense()) {
        auto coarse = at::bitwise_right_shift(bytes, at::scalar_tensor(shift, at::TensorOptions().dtype(at::kByte))).to(at::kFloat);
        auto generator = at::globalContext().defaultGenerator(bytes.device()).clone();
        generator.set_current_seed(static_cast<uint64_t>(seed));
        // Noise of 16 bits, as below: a finer one just below 1 would round up to the next step, and white to 1/2.
        auto noise = at::randint(65536, coarse.sizes(), generator, coarse.options()).mul_(1.0 / 65536);
        return noise.add_(coarse).mul_(step).sub_(0.5);
    }
    auto result = at::empty_like(bytes, at::kFloat);
    auto in = bytes.data_ptr<uint8_t>();
    auto out = result.data_ptr<float>();
    constexpr int64_t groups = 256;             // four noises of 16 bits from one number of 64
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
    return result;
}

// floor(v / 2^(8−bits)) / (2^bits − 1) − ½ for bytes v.
Tensor scale_bytes(const Tensor& bytes, int64_t bits) {
    auto step = 1.0f / static_cast<float>((1 << bits) - 1);
    int shift = static_cast<int>(8 - bits);
    if (!bytes.is_cpu() || !bytes.is_non_overlapping_and_dense())
        return at::bitwise_right_shift(bytes, at::scalar_tensor(shift, at::TensorOptions().dtype(at::kByte))).to(at::kFloat)
            .mul_(step).sub_(0.5);
    auto result = at::empty_like(bytes, at::kFloat);
    auto in = bytes.data_ptr<uint8_t>();
    auto out = result.data_ptr<float>();
    at::parallel_for(0, bytes.numel(), 16384, [&](int64_t begin, int64_t end) {
        scale_tile(in + begin, out + begin, end - begin, shift, step);
    });
    return result;
}

Tensor half_squared_error(const Tensor& mean, const Tensor& target) { return HalfSquaredError::apply(mean, target); }

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("half_squared_error(Tensor mean, Tensor target) -> Tensor", &half_squared_error);
    library.def("dequantize(Tensor bytes, int bits, int seed) -> Tensor", &dequantize);
    library.def("scale_bytes(Tensor bytes, int bits) -> Tensor", &scale_bytes);
}
