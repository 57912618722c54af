// Convolutions in the processor's vectors where it has no matrix tiles: square kernels without padding, float32 and, with
// AVX-512's products of it, bfloat16. What fits is what was measured to be faster than ATen's; docs/performance.md.
#pragma once
#include "amx_convolutions.h"

#include <ATen/ATen.h>

namespace reverie {

// x (N, C, H, W), weight (·, ·, k, k) of the same type; `columns` come out of a row.
bool windows_fit(const at::Tensor& x, const at::Tensor& weight, int64_t columns);

// weight (out, in, k, k); bias (out) or undefined. Channels-last.
at::Tensor windows_convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, int64_t stride,
                            amx::Activation activation);

// Stride 2, to (N, out, height, width); weight (in, out, k, k).
bool windows_fit_transposed(const at::Tensor& x, const at::Tensor& weight, int64_t columns);
at::Tensor windows_convolve_transposed(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                       int64_t height, int64_t width, amx::Activation activation);

// The gradient of the weight (out, in, k, k) with which x (N, in, ·, ·) was convolved.
bool windows_fit_gradient(const at::Tensor& outgoing, const at::Tensor& weight);
at::Tensor windows_weight_gradient(const at::Tensor& outgoing, const at::Tensor& x, int64_t kernel, int64_t stride);

}  // namespace reverie
