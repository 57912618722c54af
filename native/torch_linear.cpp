// Dense layers with bias and activation as one operator: on the processor's matrix tiles where it has them, else by ATen's.
#include "torch_precision.h"
#include "torch_rows.h"
#include "torch_tiles.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A dense layer: (…, in) -> (…, out). Autograd goes through ATen's operators where tiles do not fit.
struct Linear : torch::autograd::Function<Linear> {
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                          const c10::optional<Tensor>& bias, int64_t number) {
        auto y = reverie::tiles_linear(x, {}, weight, bias ? *bias : Tensor(), reverie::activation_of(number));
        context->save_for_backward({x, weight, number ? y : Tensor()});
        context->saved_data["activation"] = number;
        context->saved_data["biased"] = bias.has_value();
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list outgoing) {
        auto saved = context->get_saved_variables();
        auto activation = reverie::activation_of(context->saved_data["activation"].toInt());
        auto [masked, to_bias] = reverie::bias_gradient(outgoing[0], saved[2], activation);
        Tensor to_x, to_weight;
        if (context->needs_input_grad(0)) to_x = reverie::tiles_linear_input_gradient(masked, saved[1]);
        if (context->needs_input_grad(1)) to_weight = reverie::tiles_linear_weight_gradient(masked, saved[0]);
        return {to_x, to_weight, context->saved_data["biased"].toBool() ? to_bias : Tensor(), Tensor()};
    }
};

// Of [x, more], which is put together only where gradients are recorded.
Tensor linear(const Tensor& first, const c10::optional<Tensor>& more, const Tensor& weight,
              const c10::optional<Tensor>& bias, int64_t activation) {
    if (more && !at::GradMode::is_enabled() && first.dim() == 2 && more->dim() == 2 && first.size(0) == more->size(0) &&
        reverie::tiles_fit_rows(first, weight) && reverie::tiles_fit_rows(*more, weight))
        return reverie::tiles_linear(first, *more, weight, bias ? *bias : Tensor(), reverie::activation_of(activation));
    auto x = more ? at::cat({first, *more}, -1) : first;
    auto rows = x.reshape({-1, x.size(-1)});
    if (!reverie::tiles_fit_rows(rows, weight)) {
        auto type = reverie::in_float(x, rows.numel() * weight.size(0)) ? at::kFloat : x.scalar_type();
        auto y = at::linear(x.to(type), weight.to(type), bias ? c10::optional<Tensor>(bias->to(type)) : c10::nullopt);
        return reverie::activate(y, reverie::activation_of(activation)).to(x.scalar_type());
    }
    auto sizes = x.sizes().vec();
    sizes.back() = weight.size(0);
    return Linear::apply(rows, weight, bias, activation).reshape(sizes);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("linear(Tensor x, Tensor? more, Tensor weight, Tensor? bias, int activation) -> Tensor", &linear);
}
