#include "torch_tiles.h"

#include "tile_weights.h"
#include "torch_choice.h"
#include "torch_processors.h"

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

// The last `rest` of a matrix's rows, then zeros up to `rows`.
std::vector<amx::bf16> padded(const Tensor& matrix, int64_t rest, int64_t rows) {
    std::vector<amx::bf16> result(rows * matrix.size(1), 0);
    auto first = elements(matrix) + (matrix.size(0) - rest) * matrix.size(1);
    std::copy(first, first + rest * matrix.size(1), result.begin());
    return result;
}

TileWeights& tile_weights() {
    static TileWeights kept;
    return kept;
}

// weight (out, in), or (in, out) where it is transposed; `more`, which may be undefined, has the last of its inputs, and
// so may bias.
Tensor rows_product(const Tensor& x, const Tensor& more, const Tensor& weight, bool transposed, const Tensor& bias,
                    amx::Activation activation) {
    auto from = x.contiguous(), rest_from = more.defined() ? more.contiguous() : more;
    auto rows = x.size(0), length = std::min<int64_t>(64, (rows + 15) / 16 * 16), rest = rows % length;
    auto out = weight.size(transposed), in = weight.size(!transposed);
    auto form = (length * 8 + static_cast<int64_t>(activation)) * 2 + transposed;
    auto made_once = tile_weights().of(weight, bias, form, [&] {
        auto values = floats(bias);
        return amx::Convolution::plain(
            {1, length, in}, {elements(weight), out, in, 1, {weight.stride(transposed), weight.stride(!transposed), 1, 1}},
            1, values.defined() ? values.data_ptr<float>() : nullptr, activation);
    });
    const auto& convolution = *made_once;
    auto y = at::empty({rows, out}, x.options());
    at::parallel_for(0, rows / length + (rest > 0), 1, [&](int64_t first, int64_t last) {
        auto whole = std::min(last, rows / length);
        if (more.defined())
            convolution.run(elements(from), x.size(1), elements(rest_from), elements(y), first, whole);
        else
            convolution.run(elements(from), elements(y), first, whole);
        if (last == whole) return;
        std::vector<amx::bf16> made(length * out);
        auto last_rows = padded(from, rest, length);
        if (more.defined())
            convolution.run(last_rows.data(), x.size(1), padded(rest_from, rest, length).data(), made.data(), 0, 1);
        else
            convolution.run(last_rows.data(), made.data(), 0, 1);
        std::copy_n(made.begin(), rest * out, elements(y) + (rows - rest) * out);
    });
    return y;
}

// The pictures are shared out in a number of parts that does not depend on the threads, and their sums are added in
// order; `more` adds what is beside them.
template <class More>
void add_up(const amx::WeightGradient& weight, const amx::bf16* x, const amx::bf16* outgoing, int64_t n, int64_t most_parts,
            const Tensor& result, More more) {
    auto groups = (n + weight.group() - 1) / weight.group(), parts = std::max<int64_t>(1, std::min(groups, most_parts));
    auto sums = at::zeros({parts, weight.size()}, result.options().dtype(at::kFloat));
    at::parallel_for(0, parts, 1, [&](int64_t first, int64_t last) {
        for (auto part = first; part < last; part++)
            weight.add(x, outgoing, groups * part / parts * weight.group(),
                       std::min(n, groups * (part + 1) / parts * weight.group()),
                       sums.data_ptr<float>() + part * weight.size());
    });
    for (int64_t part = 1; part < parts; part++) sums[0].add_(sums[part]);
    more(sums.data_ptr<float>());
    weight.write(sums.data_ptr<float>(), elements(result));
}

}  // namespace

bool tiles_fit(const Tensor& x, const Tensor& weight) {
    return own_kernels && x.is_cpu() && x.scalar_type() == at::kBFloat16 && weight.scalar_type() == at::kBFloat16 &&
           weight.size(2) == weight.size(3) && x.numel() > 0 && may_use(Level::amx);
}

Tensor tiles_convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                      amx::Activation activation) {
    auto kernel = weight.size(2);
    TORCH_CHECK(x.size(1) == weight.size(1) && x.size(2) >= kernel && x.size(3) >= kernel, "a convolution with weights ",
                weight.sizes(), " got ", x.sizes());
    auto from = x.contiguous(channels_last), ordered = weight.contiguous(channels_last), values = floats(bias);
    return run(amx::Convolution::plain(picture(from), weight_of(ordered, 0), stride,
                                       values.defined() ? values.data_ptr<float>() : nullptr, activation),
               from, picture_like(x, weight.size(0), (x.size(2) - kernel) / stride + 1, (x.size(3) - kernel) / stride + 1));
}

Tensor tiles_convolve_transposed(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                                 amx::Activation activation) {
    TORCH_CHECK(x.size(1) == weight.size(0), "a transposed convolution with weights ", weight.sizes(), " got ", x.sizes());
    auto from = x.contiguous(channels_last), ordered = weight.contiguous(channels_last), values = floats(bias);
    auto y = picture_like(x, weight.size(1), height, width);
    return run(amx::Convolution::transposed(picture(from), picture(y), weight_of(ordered, 1),
                                            values.defined() ? values.data_ptr<float>() : nullptr, activation), from, y);
}

Tensor tiles_weight_gradient(const Tensor& outgoing, const Tensor& x, int64_t kernel, int64_t stride) {
    auto from = x.contiguous(channels_last), gradient = outgoing.contiguous(channels_last);
    amx::WeightGradient weight(picture(from), picture(gradient), kernel, stride);
    auto result = at::empty({outgoing.size(1), kernel, kernel, x.size(1)}, x.options());
    add_up(weight, elements(from), elements(gradient), x.size(0), 8, result, [](float*) {});
    return result.permute({0, 3, 1, 2});
}

// A dense layer is a convolution of kernel 1 over pictures that are some rows long.
bool tiles_fit_rows(const Tensor& x, const Tensor& weight) {
    constexpr int64_t fewest = 8;           // below, putting the weights in order is most of the work
    return own_kernels && x.is_cpu() && x.scalar_type() == at::kBFloat16 && weight.scalar_type() == at::kBFloat16 &&
           x.size(0) >= fewest && x.size(1) > 0 && weight.stride(1) == 1 && may_use(Level::amx);
}

Tensor tiles_linear(const Tensor& x, const Tensor& more, const Tensor& weight, const Tensor& bias,
                    amx::Activation activation) {
    auto in = x.size(1) + (more.defined() ? more.size(1) : 0);
    TORCH_CHECK(in == weight.size(1), "a dense layer of ", weight.size(1), " inputs got ", in);
    return rows_product(x, more, weight, false, bias, activation);
}

Tensor tiles_linear_input_gradient(const Tensor& outgoing, const Tensor& weight) {
    return rows_product(outgoing, {}, weight, true, {}, amx::Activation::none);
}

Tensor tiles_linear_weight_gradient(const Tensor& outgoing, const Tensor& x) {
    constexpr int64_t picture_rows = 16, rows_of_a_part = 1024;
    auto from = x.contiguous(), gradient = outgoing.contiguous();
    auto rows = x.size(0), in = x.size(1), out = outgoing.size(1), rest = rows % picture_rows;
    amx::WeightGradient weight({1, picture_rows, in}, {1, picture_rows, out}, 1, 1);
    auto result = at::empty({out, in}, x.options());
    add_up(weight, elements(from), elements(gradient), rows / picture_rows, std::max<int64_t>(1, rows / rows_of_a_part),
           result, [&](float* sums) {
        if (rest == 0) return;
        auto last_x = padded(from, rest, picture_rows), last_gradient = padded(gradient, rest, picture_rows);
        weight.add(last_x.data(), last_gradient.data(), 0, 1, sums);
    });
    return result;
}

#else

bool tiles_fit(const at::Tensor&, const at::Tensor&) { return false; }

at::Tensor tiles_convolve(const at::Tensor&, const at::Tensor&, const at::Tensor&, int64_t, amx::Activation) {
    TORCH_CHECK(false, "built without matrix tiles");
}

at::Tensor tiles_convolve_transposed(const at::Tensor&, const at::Tensor&, const at::Tensor&, int64_t, int64_t,
                                     amx::Activation) {
    TORCH_CHECK(false, "built without matrix tiles");
}

at::Tensor tiles_weight_gradient(const at::Tensor&, const at::Tensor&, int64_t, int64_t) {
    TORCH_CHECK(false, "built without matrix tiles");
}

bool tiles_fit_rows(const at::Tensor&, const at::Tensor&) { return false; }

at::Tensor tiles_linear(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&, amx::Activation) {
    TORCH_CHECK(false, "built without matrix tiles");
}

at::Tensor tiles_linear_input_gradient(const at::Tensor&, const at::Tensor&) {
    TORCH_CHECK(false, "built without matrix tiles");
}

at::Tensor tiles_linear_weight_gradient(const at::Tensor&, const at::Tensor&) {
    TORCH_CHECK(false, "built without matrix tiles");
}

#endif

}  // namespace reverie
