// Element-wise passes over (N, C, H, W) tensors that lie channels-last, float32 or bfloat16, with sums in float32.
#pragma once
#include <ATen/ATen.h>

namespace reverie {

// y ← y + bias per channel, then ReLU where asked, in place.
void add_bias_(at::Tensor& y, const at::Tensor& bias, bool relu);

// The gradient before the ReLU (where `activated`, the result after it, is defined) and its sum per channel, float32.
std::tuple<at::Tensor, at::Tensor> bias_gradient(const at::Tensor& outgoing, const at::Tensor& activated);

}  // namespace reverie
