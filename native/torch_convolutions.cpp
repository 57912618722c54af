// Convolutions with bias and ReLU as one operator each, in the forms that are fastest in training on a processor. The
// numbers are those of the plain operators; only the order of sums differs.
#include "torch_rows.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Both gradients of a convolution without padding, or the one asked for.
std::tuple<Tensor, Tensor, Tensor> convolution_gradients(const Tensor& outgoing, const Tensor& input, const Tensor& weight,
                                                         int64_t stride, std::array<bool, 3> mask) {
    return at::convolution_backward(outgoing, input, weight, c10::nullopt, {stride, stride}, {0, 0}, {1, 1}, false, {0, 0},
                                    1, mask);
}

struct Conv2d : torch::autograd::Function<Conv2d> {
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                          bool relu) {
        auto y = at::conv2d(x, weight, {}, stride);
        reverie::add_bias_(y, bias, relu);
        context->save_for_backward({x, weight, relu ? y : Tensor()});
        context->saved_data["stride"] = stride;
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        auto [masked, to_bias] = reverie::bias_gradient(outgoing[0], saved[2]);
        auto [to_x, to_weight, none] = convolution_gradients(
            masked, saved[0], saved[1], context->saved_data["stride"].toInt(),
            {context->needs_input_grad(0), context->needs_input_grad(1), false});
        return {to_x, to_weight, to_bias, Tensor(), Tensor()};
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

// A transposed convolution without padding. libtorch's CPU build does not send conv_transpose2d to its fast library in
// training; these forms it does:
//   one pixel in          a matrix product;
//   few channels out      forward sub-pixel, backward as below;
//   everything else       forward is the input-gradient of a convolution, its input gradient a convolution, its weight
//                         gradient that convolution's weight gradient.
struct ConvTranspose2d : torch::autograd::Function<ConvTranspose2d> {
    static constexpr int64_t few_channels = 4;

    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                          bool relu) {
        auto n = x.size(0), out = weight.size(1), kernel = weight.size(2);
        Tensor y;
        if (one_pixel(x)) {
            y = x.reshape({n, -1}).mm(as_matrix(weight)).reshape({n, kernel, kernel, out}).permute({0, 3, 1, 2});
        } else if (stride == 2 && out <= few_channels && kernel % 2 == 0) {
            y = sub_pixel(x, weight);
        } else {
            auto sizes_only = at::empty({n, out, (x.size(2) - 1) * stride + kernel, (x.size(3) - 1) * stride + weight.size(3)},
                                        x.options(), x.suggest_memory_format());
            y = std::get<0>(convolution_gradients(x, sizes_only, weight, stride, {true, false, false}));
        }
        reverie::add_bias_(y, bias, relu);
        context->save_for_backward({x, weight, relu ? y : Tensor()});
        context->saved_data["stride"] = stride;
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1];
        auto stride = context->saved_data["stride"].toInt();
        auto [masked, to_bias] = reverie::bias_gradient(outgoing[0], saved[2]);
        Tensor to_x, to_weight;
        if (one_pixel(x)) {
            auto n = x.size(0), out = weight.size(1), kernel = weight.size(2);
            auto flat = masked.permute({0, 2, 3, 1}).reshape({n, -1});
            to_x = flat.mm(as_matrix(weight).t()).reshape(x.sizes());
            to_weight = x.reshape({n, -1}).t().mm(flat).reshape({x.size(1), kernel, kernel, out}).permute({0, 3, 1, 2});
        } else {
            if (context->needs_input_grad(0))
                to_x = at::convolution(masked, weight, {}, {stride, stride}, {0, 0}, {1, 1}, false, {0, 0}, 1);
            to_weight = std::get<1>(convolution_gradients(x, masked, weight, stride, {false, true, false}));
        }
        return {to_x, to_weight, to_bias, Tensor(), Tensor()};
    }

    static bool one_pixel(const Tensor& x) { return x.size(2) == 1 && x.size(3) == 1; }

    // (C, out, k, k) as (C, k·k·out): a view where the weight lies channels-last.
    static Tensor as_matrix(const Tensor& weight) { return weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1}); }
};

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, bool relu) {
    return Conv2d::apply(x, weight, bias, stride, relu);
}

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, bool relu) {
    return ConvTranspose2d::apply(x, weight, bias, stride, relu);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("conv2d(Tensor x, Tensor weight, Tensor bias, int stride, bool relu) -> Tensor", &conv2d);
    library.def("conv_transpose2d(Tensor x, Tensor weight, Tensor bias, int stride, bool relu) -> Tensor", &conv_transpose2d);
}
