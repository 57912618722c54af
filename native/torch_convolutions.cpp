// Convolutions with bias and activation as one operator each, in the forms that are fastest in training on a processor: on
// its matrix tiles where it has them, else by ATen's operators in the order that suits. The numbers are those of the plain
// operators; only the order of sums differs.
#include "torch_choice.h"
#include "torch_precision.h"
#include "torch_rows.h"
#include "torch_tiles.h"
#include "torch_windows.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using reverie::Activation;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Both gradients of a convolution, or the one asked for.
std::tuple<Tensor, Tensor, Tensor> convolution_gradients(const Tensor& outgoing, const Tensor& input, const Tensor& weight,
                                                         int64_t stride, std::array<bool, 3> mask, int64_t padding = 0) {
    return at::convolution_backward(outgoing, input, weight, c10::nullopt, {stride, stride}, {padding, padding}, {1, 1},
                                    false, {0, 0}, 1, mask);
}

// Where few pixels come out of a convolution in bfloat16, oneDNN is far from what its own matrix products reach; there
// the patches of the picture are written out as rows. For the weights' gradient that pays up to 6 by 6 pixels, for
// everything up to 2 by 2, where patches hardly overlap.
constexpr int64_t most_for_weights = 36, most_for_all = 4;

bool as_product(const Tensor& x, int64_t pixels, int64_t most) {
    return pixels <= most && x.scalar_type() == at::kBFloat16 && x.is_cpu();
}

Tensor product(const Tensor& a, const Tensor& b) {
    if (!reverie::in_float(a, a.size(0) * a.size(1) * b.size(1))) return a.mm(b);
    return a.to(at::kFloat).mm(b.to(at::kFloat)).to(a.scalar_type());
}

int64_t pixels(const Tensor& x) { return x.size(2) * x.size(3); }

// (N, C, H, W) -> (N·H·W, C): a view where it lies channels-last.
Tensor as_rows(const Tensor& x) { return x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)}); }

// (out, C, k, k) -> (out, k·k·C), likewise.
Tensor as_matrix(const Tensor& weight) { return weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1}); }

// What each pixel of the result sees: (N, C, H, W) -> (N·H'·W', k·k·C).
Tensor patches(const Tensor& x, int64_t kernel, int64_t stride) {
    auto rows = x.permute({0, 2, 3, 1}).contiguous();
    auto n = rows.size(0), channels = rows.size(3);
    auto height = (rows.size(1) - kernel) / stride + 1, width = (rows.size(2) - kernel) / stride + 1;
    return rows.as_strided({n, height, width, kernel, kernel, channels},
                           {rows.stride(0), rows.stride(1) * stride, rows.stride(2) * stride, rows.stride(1),
                            rows.stride(2), 1})
        .reshape({n * height * width, kernel * kernel * channels});
}

Tensor convolve_plain(const Tensor& x, const Tensor& weight, int64_t stride) {
    auto kernel = weight.size(2), height = (x.size(2) - kernel) / stride + 1, width = (x.size(3) - kernel) / stride + 1;
    if (!as_product(x, height * width, most_for_all)) return at::conv2d(x, weight, {}, stride);
    return product(patches(x, kernel, stride), as_matrix(weight).t())
        .reshape({x.size(0), height, width, weight.size(0)}).permute({0, 3, 1, 2});
}

// bias: undefined for none.
Tensor convolve(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, Activation activation) {
    if (reverie::tiles_fit(x, weight)) return reverie::tiles_convolve(x, weight, bias, stride, activation);
    if (reverie::windows_fit(x, weight, (x.size(3) - weight.size(3)) / stride + 1))
        return reverie::windows_convolve(x, weight, bias, stride, activation);
    auto y = convolve_plain(x, weight, stride);
    if (bias.defined()) reverie::add_bias_(y, bias, activation);
    return y;
}

Tensor input_gradient(const Tensor& outgoing, const Tensor& x, const Tensor& weight, int64_t stride) {
    if (stride == 2 && reverie::tiles_fit(outgoing, weight))
        return reverie::tiles_convolve_transposed(outgoing, weight, {}, x.size(2), x.size(3),
                                                  Activation::none);
    if (!as_product(outgoing, pixels(outgoing), most_for_all))
        return std::get<0>(convolution_gradients(outgoing, x, weight, stride, {true, false, false}));
    auto kernel = weight.size(2), height = outgoing.size(2), width = outgoing.size(3);
    auto parts = product(as_rows(outgoing), as_matrix(weight))
                     .reshape({x.size(0), height, width, kernel, kernel, x.size(1)});
    // Parts may cancel each other: rounded after each, little of their sum would be right.
    auto result = at::zeros({x.size(0), x.size(2), x.size(3), x.size(1)}, x.options().dtype(at::kFloat));
    for (int64_t i = 0; i < height; i++)
        for (int64_t j = 0; j < width; j++)
            result.narrow(1, i * stride, kernel).narrow(2, j * stride, kernel).add_(parts.select(1, i).select(1, j));
    return result.to(x.scalar_type()).permute({0, 3, 1, 2});
}

Tensor weight_gradient(const Tensor& outgoing, const Tensor& x, const Tensor& weight, int64_t stride) {
    if (reverie::tiles_fit(outgoing, weight)) return reverie::tiles_weight_gradient(outgoing, x, weight.size(2), stride);
    if (reverie::windows_fit_gradient(outgoing, weight))
        return reverie::windows_weight_gradient(outgoing, x, weight.size(2), stride);
    if (!as_product(outgoing, pixels(outgoing), most_for_weights))
        return std::get<1>(convolution_gradients(outgoing, x, weight, stride, {false, true, false}));
    auto kernel = weight.size(2);
    return product(as_rows(outgoing).t(), patches(x, kernel, stride))
        .reshape({weight.size(0), kernel, kernel, weight.size(1)}).permute({0, 3, 1, 2});
}

// What both kinds of convolution do alike: x and weight are kept for the gradients, with the result where an activation's
// slope is read from it; gradients begin at the activation and end with those of x, weight and bias. A kind says what it
// computes, bias and activation included, and its gradients of x and weight.
template <class Kind>
struct Convolving : torch::autograd::Function<Convolving<Kind>> {
    template <class... More>
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias,
                          int64_t stride, int64_t number, int64_t padding, More... more) {
        auto y = Kind::of(x, weight, bias, stride, reverie::activation_of(number), padding, more...);
        context->save_for_backward({x, weight, number ? y : Tensor()});
        context->saved_data["stride"] = stride;
        context->saved_data["activation"] = number;
        context->saved_data["padding"] = padding;
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        auto [masked, to_bias] = reverie::bias_gradient(
            outgoing[0], saved[2], reverie::activation_of(context->saved_data["activation"].toInt()));
        auto [to_x, to_weight] = Kind::gradients(
            masked, saved[0], saved[1], context->saved_data["stride"].toInt(), context->saved_data["padding"].toInt(),
            {context->needs_input_grad(0), context->needs_input_grad(1), false});
        variable_list all{to_x, to_weight, to_bias};
        all.resize(Kind::arguments);
        return all;
    }
};

// With padding it is ATen's convolution, whose library pads as it reads.
struct Conv2d {
    static constexpr size_t arguments = 6;

    static Tensor of(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, Activation activation,
                     int64_t padding) {
        if (padding == 0) return convolve(x, weight, bias, stride, activation);
        auto y = at::conv2d(x, weight, {}, stride, padding);
        reverie::add_bias_(y, bias, activation);
        return y;
    }

    static std::pair<Tensor, Tensor> gradients(const Tensor& outgoing, const Tensor& x, const Tensor& weight,
                                               int64_t stride, int64_t padding, std::array<bool, 3> wanted) {
        if (padding > 0) {
            auto [to_x, to_weight, to_bias] = convolution_gradients(outgoing, x, weight, stride, wanted, padding);
            return {to_x, to_weight};
        }
        return {wanted[0] ? input_gradient(outgoing, x, weight, stride) : Tensor(),
                wanted[1] ? weight_gradient(outgoing, x, weight, stride) : Tensor()};
    }
};

// A stride-2 transposed convolution as a stride-1 convolution that makes four times the channels, laid out by
// pixel_shuffle (Shi et al. 2016). The kernel must be even.
Tensor sub_pixel(const Tensor& x, const Tensor& weight) {
    auto in = weight.size(0), out = weight.size(1), half = weight.size(2) / 2;
    auto kernel = weight.reshape({in, out, half, 2, half, 2}).permute({1, 3, 5, 0, 2, 4}).flip({4, 5})
                      .reshape({out * 4, in, half, half});
    return at::pixel_shuffle(at::conv2d(x, kernel, {}, 1, half - 1), 2);
}

// A transposed convolution. libtorch's CPU build does not send conv_transpose2d to its fast library in
// training; in place of it:
//   one pixel in          a matrix product;
//   matrix tiles          their forms;
//   vectors               theirs where few channels come out;
//   few channels out      forward sub-pixel, backward as below;
//   everything else       forward is the input-gradient of a convolution, its input gradient a convolution, its weight
//                         gradient that convolution's weight gradient. Padding, which crops the result, is here alone.
struct ConvTranspose2d {
    static constexpr size_t arguments = 7;
    static constexpr int64_t few_channels = 4;

    static Tensor of(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, Activation activation,
                     int64_t padding, int64_t more) {
        auto n = x.size(0), out = weight.size(1), kernel = weight.size(2);
        auto beyond = kernel - 2 * padding + more;
        auto height = (x.size(2) - 1) * stride + beyond, width = (x.size(3) - 1) * stride + beyond;
        Tensor y;
        if (padding == 0 && one_pixel(x)) {
            y = product(x.reshape({n, -1}), as_matrix(weight)).reshape({n, kernel, kernel, out}).permute({0, 3, 1, 2});
        } else if (padding == 0 && stride == 2 && reverie::tiles_fit(x, weight)) {
            return reverie::tiles_convolve_transposed(x, weight, bias, height, width, activation);
        } else if (padding == 0 && stride == 2 && reverie::windows_fit_transposed(x, weight, width)) {
            return reverie::windows_convolve_transposed(x, weight, bias, height, width, activation);
        } else if (padding == 0 && stride == 2 && out <= few_channels && kernel % 2 == 0) {
            y = sub_pixel(x, weight);
        } else {
            auto sizes_only = at::empty({n, out, height, width}, x.options(), x.suggest_memory_format());
            y = std::get<0>(convolution_gradients(x, sizes_only, weight, stride, {true, false, false}, padding));
        }
        reverie::add_bias_(y, bias, activation);
        return y;
    }

    static std::pair<Tensor, Tensor> gradients(const Tensor& outgoing, const Tensor& x, const Tensor& weight,
                                               int64_t stride, int64_t padding, std::array<bool, 3> wanted) {
        if (padding > 0)
            return {wanted[0] ? at::conv2d(outgoing, weight, {}, stride, padding) : Tensor(),
                    std::get<1>(convolution_gradients(x, outgoing, weight, stride, {false, true, false}, padding))};
        if (!one_pixel(x))
            return {wanted[0] ? convolve(outgoing, weight, {}, stride, Activation::none) : Tensor(),
                    weight_gradient(x, outgoing, weight, stride)};
        auto n = x.size(0), out = weight.size(1), kernel = weight.size(2);
        auto flat = outgoing.permute({0, 2, 3, 1}).reshape({n, -1});
        auto to_x = product(flat, as_matrix(weight).t()).reshape(x.sizes());
        return {to_x, product(x.reshape({n, -1}).t(), flat)
                          .reshape({x.size(1), kernel, kernel, out}).permute({0, 3, 1, 2})};
    }

    static bool one_pixel(const Tensor& x) { return x.size(2) == 1 && x.size(3) == 1; }
};

// Whether a convolution has forms of ours that pad by copying; else the library pads as it reads.
bool copies_to_pad(const Tensor& x, const Tensor& weight) {
    return x.scalar_type() == at::kBFloat16 || !reverie::own_kernels || reverie::tiles_fit(x, weight);
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t activation,
              int64_t padding) {
    if (padding > 0 && copies_to_pad(x, weight))
        return conv2d(at::constant_pad_nd(x, {padding, padding, padding, padding}), weight, bias, stride, activation, 0);
    if (reverie::in_float(x))
        return conv2d(x.to(at::kFloat), weight.to(at::kFloat), bias.to(at::kFloat), stride, activation, 0)
            .to(x.scalar_type());
    if (!reverie::own_kernels)
        return reverie::activate(at::conv2d(x, weight, bias.to(x.scalar_type()), stride), reverie::activation_of(activation));
    return Convolving<Conv2d>::apply(x, weight, bias, stride, activation, padding);
}

// Padding takes that many pixels from every side of the result, `more` adds some again below and to the right.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t activation,
                        int64_t padding, int64_t more) {
    if (padding > 0 && copies_to_pad(x, weight)) {
        auto whole = conv_transpose2d(x, weight, bias, stride, activation, 0, 0);
        auto side = [&](int64_t size) { return size - 2 * padding + more; };
        return whole.narrow(2, padding, side(whole.size(2))).narrow(3, padding, side(whole.size(3)));
    }
    if (reverie::in_float(x))
        return conv_transpose2d(x.to(at::kFloat), weight.to(at::kFloat), bias.to(at::kFloat), stride, activation, 0, 0)
            .to(x.scalar_type());
    return Convolving<ConvTranspose2d>::apply(x, weight, bias, stride, activation, padding, more);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("conv2d(Tensor x, Tensor weight, Tensor bias, int stride, int activation, int padding=0) -> Tensor", &conv2d);
    library.def("conv_transpose2d(Tensor x, Tensor weight, Tensor bias, int stride, int activation, int padding=0, "
                "int more=0) -> Tensor", &conv_transpose2d);
}
