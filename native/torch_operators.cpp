// Operators that libtorch lacks, registered in its own dispatcher under "reverie::", so that the door reaches them
// like any other.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A transposed convolution without padding as the input-gradient of a convolution: the same numbers, but libtorch's CPU
// build sends this form to its fast library in training, which it does not do for conv_transpose2d itself.
struct ConvTranspose2d : torch::autograd::Function<ConvTranspose2d> {
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, int64_t stride) {
        context->save_for_backward({x, weight});
        context->saved_data["stride"] = stride;
        auto sizes_only = at::empty({x.size(0), weight.size(1), (x.size(2) - 1) * stride + weight.size(2),
                                     (x.size(3) - 1) * stride + weight.size(3)},
                                    x.options(), x.suggest_memory_format());
        return std::get<0>(gradients(x, sizes_only, weight, stride, {true, false, false}));
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1];
        auto stride = context->saved_data["stride"].toInt();
        Tensor to_x, to_weight;
        if (context->needs_input_grad(0))
            to_x = at::convolution(outgoing[0], weight, {}, {stride, stride}, {0, 0}, {1, 1}, false, {0, 0}, 1);
        if (context->needs_input_grad(1))
            to_weight = std::get<1>(gradients(x, outgoing[0], weight, stride, {false, true, false}));
        return {to_x, to_weight, Tensor()};
    }

    static std::tuple<Tensor, Tensor, Tensor> gradients(const Tensor& outgoing, const Tensor& input, const Tensor& weight,
                                                        int64_t stride, std::array<bool, 3> mask) {
        return at::convolution_backward(outgoing, input, weight, c10::nullopt, {stride, stride}, {0, 0}, {1, 1}, false,
                                        {0, 0}, 1, mask);
    }
};

// ½(x − μ)² summed over all but the first dimension, in one pass over both; x is uint8-free: any floating type.
struct HalfSquaredError : torch::autograd::Function<HalfSquaredError> {
    static Tensor forward(AutogradContext* context, const Tensor& mean, const Tensor& target) {
        auto difference = mean - target;
        context->save_for_backward({difference});
        return difference.square().flatten(1).sum(1, false, at::kFloat).mul_(0.5);
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto difference = context->get_saved_variables()[0];
        std::vector<int64_t> shape(difference.dim(), 1);
        shape[0] = -1;
        return {difference * outgoing[0].to(difference.scalar_type()).reshape(shape), Tensor()};
    }
};

Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, int64_t stride) {
    return ConvTranspose2d::apply(x, weight, stride);
}

Tensor half_squared_error(const Tensor& mean, const Tensor& target) { return HalfSquaredError::apply(mean, target); }

}  // namespace

TORCH_LIBRARY(reverie, library) {
    library.def("conv_transpose2d(Tensor x, Tensor weight, int stride) -> Tensor", &conv_transpose2d);
    library.def("half_squared_error(Tensor mean, Tensor target) -> Tensor", &half_squared_error);
}
