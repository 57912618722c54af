// Element-wise passes over (N, C) tensors and (N, C, H, W) ones that lie channels-last, float32 or bfloat16, with sums in
// float32.
#pragma once
#include "amx_convolutions.h"

#include <ATen/ATen.h>

namespace reverie {

using amx::Activation;

// Of what a front end names by number.
Activation activation_of(int64_t number);

at::Tensor activate(const at::Tensor& x, Activation activation);

// y ← activation(y + bias per channel).
void add_bias_(at::Tensor& y, const at::Tensor& bias, Activation activation);

// The gradient before the activation, whose result was `activated`, and its sum per channel, float32. Without an
// activation `activated` is not looked at.
std::tuple<at::Tensor, at::Tensor> bias_gradient(const at::Tensor& outgoing, const at::Tensor& activated,
                                                 Activation activation);

}  // namespace reverie
