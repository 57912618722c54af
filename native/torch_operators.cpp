// Operators that libtorch lacks, registered in its own dispatcher under "reverie::", so that the door reaches them
// like any other. Each has a plain form for any device and, where it pays, a loop of its own for the processor.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Both strictly without gaps and with the same order in memory, so that one loop over both visits equal elements.
bool same_layout(const Tensor& a, const Tensor& b) {
    return a.is_cpu() && b.is_cpu() && a.sizes() == b.sizes() && a.strides() == b.strides() &&
           a.is_non_overlapping_and_dense() && a.dim() > 1 && a.stride(0) * a.size(0) == a.numel();
}

// A stride-2 transposed convolution as a stride-1 convolution that makes four times the channels, laid out by
// pixel_shuffle (Shi et al. 2016). The kernel must be even.
Tensor sub_pixel(const Tensor& x, const Tensor& weight) {
    auto in = weight.size(0), out = weight.size(1), half = weight.size(2) / 2;
    auto kernel = weight.reshape({in, out, half, 2, half, 2}).permute({1, 3, 5, 0, 2, 4}).flip({4, 5})
                      .reshape({out * 4, in, half, half});
    auto y = at::conv2d(x, kernel, {}, 1, half - 1);
    return at::pixel_shuffle(y, 2);
}

// A transposed convolution without padding as the input-gradient of a convolution: the same numbers, but libtorch's CPU
// build sends this form to its fast library in training, which it does not do for conv_transpose2d itself. With few
// outgoing channels the sub-pixel form is faster forwards; both backward passes stay convolutions.
struct ConvTranspose2d : torch::autograd::Function<ConvTranspose2d> {
    static constexpr int64_t few_channels = 4;

    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, int64_t stride) {
        context->save_for_backward({x, weight});
        context->saved_data["stride"] = stride;
        if (stride == 2 && weight.size(1) <= few_channels && weight.size(2) % 2 == 0) return sub_pixel(x, weight);
        auto sizes_only = at::empty({x.size(0), weight.size(1), (x.size(2) - 1) * stride + weight.size(2),
                                     (x.size(3) - 1) * stride + weight.size(3)},
                                    x.options(), x.suggest_memory_format());
        return std::get<0>(gradients(x, sizes_only, weight, stride, {true, false, false}));
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1];
        auto stride = context->saved_data["stride"].toInt();
        auto gradient = outgoing[0].contiguous(x.suggest_memory_format());
        Tensor to_x, to_weight;
        if (context->needs_input_grad(0))
            to_x = at::convolution(gradient, weight, {}, {stride, stride}, {0, 0}, {1, 1}, false, {0, 0}, 1);
        if (context->needs_input_grad(1))
            to_weight = std::get<1>(gradients(x, gradient, weight, stride, {false, true, false}));
        return {to_x, to_weight, Tensor()};
    }

    static std::tuple<Tensor, Tensor, Tensor> gradients(const Tensor& outgoing, const Tensor& input, const Tensor& weight,
                                                        int64_t stride, std::array<bool, 3> mask) {
        return at::convolution_backward(outgoing, input, weight, c10::nullopt, {stride, stride}, {0, 0}, {1, 1}, false,
                                        {0, 0}, 1, mask);
    }
};

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

// Finalising step of SplitMix64 (Steele et al. 2014): every input bit reaches every output bit.
inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

// floor(v / 2^(8−bits)) / 2^bits + U[0, 2^−bits) − ½ for bytes v. The noise of an element follows from the seed and its
// place in memory alone, so that it does not depend on the number of threads.
Tensor dequantize(const Tensor& bytes, int64_t bits, int64_t seed) {
    auto step = 1.0f / static_cast<float>(1 << bits);
    int shift = static_cast<int>(8 - bits);
    if (!bytes.is_cpu() || !bytes.is_non_overlapping_and_dense()) {
        auto coarse = at::bitwise_right_shift(bytes, at::scalar_tensor(shift, at::TensorOptions().dtype(at::kByte))).to(at::kFloat);
        return (coarse + at::rand_like(coarse)).mul_(step).sub_(0.5);
    }
    auto result = at::empty_like(bytes, at::kFloat);
    auto in = bytes.data_ptr<uint8_t>();
    auto out = result.data_ptr<float>();
    constexpr float unit = 1.0f / 65536;        // four noises of 16 bits from one number of 64
    auto total = bytes.numel();
    at::parallel_for(0, (total + 3) / 4, 4096, [&](int64_t begin, int64_t end) {
        for (auto group = begin; group < end; group++) {
            auto noise = mix(static_cast<uint64_t>(seed) + static_cast<uint64_t>(group + 1) * 0x9e3779b97f4a7c15ULL);
            auto last = std::min<int64_t>(4, total - group * 4);
            for (int64_t k = 0; k < last; k++) {
                auto i = group * 4 + k;
                auto coarse = static_cast<float>(in[i] >> shift) + static_cast<float>((noise >> (16 * k)) & 0xffff) * unit;
                out[i] = coarse * step - 0.5f;
            }
        }
    });
    return result;
}

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, int64_t stride) {
    return ConvTranspose2d::apply(x, weight, stride);
}

Tensor half_squared_error(const Tensor& mean, const Tensor& target) { return HalfSquaredError::apply(mean, target); }

}  // namespace

TORCH_LIBRARY(reverie, library) {
    library.def("conv_transpose2d(Tensor x, Tensor weight, int stride) -> Tensor", &conv_transpose2d);
    library.def("half_squared_error(Tensor mean, Tensor target) -> Tensor", &half_squared_error);
    library.def("dequantize(Tensor bytes, int bits, int seed) -> Tensor", &dequantize);
}
