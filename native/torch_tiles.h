// Convolutions and dense layers on the processor's matrix tiles, where it has them: bfloat16, square kernels, no
// padding.
#pragma once
#include "amx_convolutions.h"

#include <ATen/ATen.h>

namespace reverie {

// Whether these can be convolved here: x is a picture (N, C, H, W), weight (·, ·, k, k).
bool tiles_fit(const at::Tensor& x, const at::Tensor& weight);

// weight (out, in, k, k); bias (out) or undefined. Channels-last.
at::Tensor tiles_convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, int64_t stride,
                          amx::Activation activation);

// Stride 2, to (N, out, height, width); weight (in, out, k, k).
at::Tensor tiles_convolve_transposed(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, int64_t height,
                                     int64_t width, amx::Activation activation);

// The gradient of the weight (out, in, k, k) with which x (N, in, ·, ·) was convolved.
at::Tensor tiles_weight_gradient(const at::Tensor& outgoing, const at::Tensor& x, int64_t kernel, int64_t stride);

// Whether dense layers of these are better off here: x (rows, in), weight (out, in), both without gaps.
bool tiles_fit_rows(const at::Tensor& x, const at::Tensor& weight);

// activation([x, more] · weightᵀ + bias): (rows, out). `more` and bias may be undefined.
at::Tensor tiles_linear(const at::Tensor& x, const at::Tensor& more, const at::Tensor& weight, const at::Tensor& bias,
                        amx::Activation activation);

// outgoing (rows, out) · weight: (rows, in).
at::Tensor tiles_linear_input_gradient(const at::Tensor& outgoing, const at::Tensor& weight);

// outgoingᵀ · x: (out, in).
at::Tensor tiles_linear_weight_gradient(const at::Tensor& outgoing, const at::Tensor& x);

}  // namespace reverie
