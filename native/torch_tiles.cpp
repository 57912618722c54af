#include "torch_tiles.h"

#include "amx_convolutions.h"

#include <ATen/Parallel.h>

#include <vector>

namespace reverie {

#ifdef REVERIE_HAS_AMX

namespace {

using at::Tensor;

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

amx::bf16* elements(const Tensor& t) { return static_cast<amx::bf16*>(t.data_ptr()); }

amx::Picture picture(const Tensor& t) { return {t.size(2), t.size(3), t.size(1)}; }

// (out, in, k, k): dimension `out` of the tensor is first.
amx::Weight weight_of(const Tensor& t, int64_t out) {
    auto in = 1 - out;
    return {elements(t), t.size(out), t.size(in), t.size(2), {t.stride(out), t.stride(in), t.stride(2), t.stride(3)}};
}

Tensor floats(const Tensor& bias) { return bias.defined() ? bias.to(at::kFloat).contiguous() : bias; }

Tensor run(const amx::Convolution& convolution, const Tensor& x, Tensor y) {
    auto n = x.size(0);
    at::parallel_for(0, n, 4, [&](int64_t first, int64_t last) {
        convolution.run(elements(x), elements(y), first, last);
    });
    return y;
}

Tensor picture_like(const Tensor& x, int64_t channels, int64_t height, int64_t width) {
    return at::empty({x.size(0), channels, height, width}, x.options(), channels_last);
}

}  // namespace

bool tiles_fit(const Tensor& x, const Tensor& weight) {
    return x.is_cpu() && x.scalar_type() == at::kBFloat16 && weight.scalar_type() == at::kBFloat16 &&
           weight.size(2) == weight.size(3) && x.numel() > 0 && amx::available();
}

Tensor tiles_convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, bool relu) {
    auto from = x.contiguous(channels_last), values = floats(bias);
    auto kernel = weight.size(2);
    return run(amx::Convolution::plain(picture(from), weight_of(weight, 0), stride,
                                       values.defined() ? values.data_ptr<float>() : nullptr, relu),
               from, picture_like(x, weight.size(0), (x.size(2) - kernel) / stride + 1, (x.size(3) - kernel) / stride + 1));
}

Tensor tiles_convolve_transposed(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                                 bool relu) {
    auto from = x.contiguous(channels_last), values = floats(bias);
    auto y = picture_like(x, weight.size(1), height, width);
    return run(amx::Convolution::transposed(picture(from), picture(y), weight_of(weight, 1),
                                            values.defined() ? values.data_ptr<float>() : nullptr, relu), from, y);
}

// The pictures are shared out in a fixed number of parts, whose sums are added in order, so that the result does not
// depend on the number of threads.
Tensor tiles_weight_gradient(const Tensor& outgoing, const Tensor& x, int64_t kernel, int64_t stride) {
    constexpr int64_t most_parts = 8;
    auto from = x.contiguous(channels_last), gradient = outgoing.contiguous(channels_last);
    amx::WeightGradient weight(picture(from), picture(gradient), kernel, stride);
    auto n = x.size(0), groups = (n + weight.group() - 1) / weight.group(), parts = std::min(groups, most_parts);
    auto sums = at::zeros({parts, weight.size()}, x.options().dtype(at::kFloat));
    at::parallel_for(0, parts, 1, [&](int64_t first, int64_t last) {
        for (auto part = first; part < last; part++)
            weight.add(elements(from), elements(gradient), groups * part / parts * weight.group(),
                       std::min(n, groups * (part + 1) / parts * weight.group()),
                       sums.data_ptr<float>() + part * weight.size());
    });
    for (int64_t part = 1; part < parts; part++) sums[0].add_(sums[part]);
    auto result = at::empty({outgoing.size(1), kernel, kernel, x.size(1)}, x.options());
    weight.write(sums.data_ptr<float>(), elements(result));
    return result.permute({0, 3, 1, 2});
}

#else

bool tiles_fit(const at::Tensor&, const at::Tensor&) { return false; }

at::Tensor tiles_convolve(const at::Tensor&, const at::Tensor&, const at::Tensor&, int64_t, bool) {
    TORCH_CHECK(false, "built without matrix tiles");
}

at::Tensor tiles_convolve_transposed(const at::Tensor&, const at::Tensor&, const at::Tensor&, int64_t, int64_t, bool) {
    TORCH_CHECK(false, "built without matrix tiles");
}

at::Tensor tiles_weight_gradient(const at::Tensor&, const at::Tensor&, int64_t, int64_t) {
    TORCH_CHECK(false, "built without matrix tiles");
}

#endif

}  // namespace reverie
