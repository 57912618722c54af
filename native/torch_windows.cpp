#include "torch_windows.h"

#include "torch_choice.h"
#include "torch_processors.h"
#include "vector_windows.h"

#include <ATen/Parallel.h>

namespace reverie {

#ifdef REVERIE_HAS_VECTORS

namespace {

using at::Tensor;
using windows::Kind;
using windows::Picture;

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

bool has_kind(const Tensor& x) {
    return x.scalar_type() == at::kFloat ? may_use(Level::avx2)
        : x.scalar_type() == at::kBFloat16 && may_use(Level::avx512_bf16) && !may_use(Level::amx);
}

Kind kind_of(const Tensor& x) {
    if (x.scalar_type() == at::kBFloat16) return Kind::avx512_bf16;
    return may_use(Level::avx512) ? Kind::avx512 : Kind::avx2;
}

Picture picture(const Tensor& t) { return {t.size(2), t.size(3), t.size(1)}; }

// (out, in, k, k): dimension `out` of the tensor is first.
windows::Weight weight_of(const Tensor& t, int64_t out) {
    auto in = 1 - out;
    return {t.data_ptr(), t.size(out), t.size(in), t.size(2), {t.stride(out), t.stride(in), t.stride(2), t.stride(3)}};
}

Tensor run(const windows::Convolution& convolution, const Tensor& x, Tensor y) {
    at::parallel_for(0, x.size(0), 4, [&](int64_t first, int64_t last) {
        convolution.run(x.data_ptr(), y.data_ptr(), first, last);
    });
    return y;
}

Tensor picture_like(const Tensor& x, int64_t channels, int64_t height, int64_t width) {
    return at::empty({x.size(0), channels, height, width}, x.options(), channels_last);
}

Tensor floats(const Tensor& bias) { return bias.defined() ? bias.to(at::kFloat).contiguous() : bias; }

const float* values_of(const Tensor& bias) { return bias.defined() ? bias.data_ptr<float>() : nullptr; }

}  // namespace

bool windows_fit(const Tensor& x, const Tensor& weight, int64_t columns) {
    constexpr int64_t fewest = 4;           // below, a tile's products are too few to hide each other's latency
    return own_kernels && x.is_cpu() && x.dim() == 4 && x.scalar_type() == weight.scalar_type() &&
           weight.size(2) == weight.size(3) && x.numel() > 0 && columns >= fewest && has_kind(x);
}

Tensor windows_convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                        amx::Activation activation) {
    auto kernel = weight.size(2);
    TORCH_CHECK(x.size(1) == weight.size(1) && x.size(2) >= kernel && x.size(3) >= kernel, "a convolution with weights ",
                weight.sizes(), " got ", x.sizes());
    auto from = x.contiguous(channels_last), values = floats(bias);
    auto y = picture_like(x, weight.size(0), (x.size(2) - kernel) / stride + 1, (x.size(3) - kernel) / stride + 1);
    return run(windows::Convolution::plain(kind_of(x), picture(from), weight_of(weight, 0), stride, values_of(values),
                                           activation), from, y);
}

// With more channels the products with what is padded cost more than ATen's.
bool windows_fit_transposed(const Tensor& x, const Tensor& weight, int64_t columns) {
    constexpr int64_t most_channels = 4;
    return weight.size(1) <= most_channels && windows_fit(x, weight, columns / 2);
}

Tensor windows_convolve_transposed(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                                   amx::Activation activation) {
    TORCH_CHECK(x.size(1) == weight.size(0), "a transposed convolution with weights ", weight.sizes(), " got ", x.sizes());
    auto from = x.contiguous(channels_last), values = floats(bias);
    auto y = picture_like(x, weight.size(1), height, width);
    return run(windows::Convolution::transposed(kind_of(x), picture(from), picture(y), weight_of(weight, 1),
                                                values_of(values), activation), from, y);
}

bool windows_fit_gradient(const Tensor& outgoing, const Tensor& weight) {
    constexpr int64_t fewest_wide = 17;     // float32 of one vector is no faster than ATen's
    return windows_fit(outgoing, weight, outgoing.size(3) + 4) &&
           (outgoing.scalar_type() == at::kBFloat16 || outgoing.size(1) >= fewest_wide);
}

// The pictures are shared out in a number of parts that does not depend on the threads, and their sums are added in order.
Tensor windows_weight_gradient(const Tensor& outgoing, const Tensor& x, int64_t kernel, int64_t stride) {
    auto from = x.contiguous(channels_last), gradient = outgoing.contiguous(channels_last);
    windows::WeightGradient weight(kind_of(x), picture(from), picture(gradient), kernel, stride);
    auto result = at::empty({outgoing.size(1), kernel, kernel, x.size(1)}, x.options());
    constexpr int64_t most_parts = 8;
    auto n = x.size(0), groups = (n + weight.group() - 1) / weight.group(), parts = std::min(groups, most_parts);
    auto sums = at::zeros({parts, weight.size()}, x.options().dtype(at::kFloat));
    at::parallel_for(0, parts, 1, [&](int64_t first, int64_t last) {
        for (auto part = first; part < last; part++)
            weight.add(from.data_ptr(), gradient.data_ptr(), groups * part / parts * weight.group(),
                       std::min(n, groups * (part + 1) / parts * weight.group()),
                       sums.data_ptr<float>() + part * weight.size());
    });
    for (int64_t part = 1; part < parts; part++) sums[0].add_(sums[part]);
    weight.write(sums.data_ptr<float>(), result.data_ptr());
    return result.permute({0, 3, 1, 2});
}

#else

bool windows_fit(const at::Tensor&, const at::Tensor&, int64_t) { return false; }
bool windows_fit_transposed(const at::Tensor&, const at::Tensor&, int64_t) { return false; }
bool windows_fit_gradient(const at::Tensor&, const at::Tensor&) { return false; }

at::Tensor windows_convolve(const at::Tensor&, const at::Tensor&, const at::Tensor&, int64_t, amx::Activation) {
    TORCH_CHECK(false, "built without vectors");
}

at::Tensor windows_convolve_transposed(const at::Tensor&, const at::Tensor&, const at::Tensor&, int64_t, int64_t,
                                       amx::Activation) {
    TORCH_CHECK(false, "built without vectors");
}

at::Tensor windows_weight_gradient(const at::Tensor&, const at::Tensor&, int64_t, int64_t) {
    TORCH_CHECK(false, "built without vectors");
}

#endif

}  // namespace reverie
