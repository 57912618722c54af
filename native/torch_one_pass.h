// What optimizers need to visit a parameter, its gradient and its moments in one loop.
#pragma once
#include <ATen/ATen.h>

namespace reverie {

// Elements a thread takes at a time; which thread takes which changes no number.
constexpr int64_t elements_at_once = 16384;

inline bool fits_one_pass(const at::Tensor& parameter, const at::Tensor& first, const at::Tensor& second) {
    return parameter.is_cpu() && parameter.scalar_type() == at::kFloat && parameter.is_non_overlapping_and_dense() &&
           first.strides() == parameter.strides() && second.strides() == parameter.strides();
}

// The gradient, in memory as its parameter is.
inline at::Tensor laid_out_as(const at::Tensor& parameter, const at::Tensor& gradient) {
    if (gradient.strides() == parameter.strides() && gradient.scalar_type() == at::kFloat) return gradient;
    return at::empty_like(parameter).copy_(gradient);
}

// All in one row, in the order of the list.
inline at::Tensor in_one_row(at::TensorList tensors) {
    std::vector<at::Tensor> rows;
    for (const auto& tensor : tensors) rows.push_back(tensor.reshape(-1));
    return at::cat(rows);
}

// Parts of a row, each of its parameter's shape.
inline std::vector<at::Tensor> parts_of(const at::Tensor& row, at::TensorList parameters) {
    std::vector<at::Tensor> parts;
    int64_t at = 0;
    for (const auto& parameter : parameters) {
        parts.push_back(row.narrow(0, at, parameter.numel()).view(parameter.sizes()));
        at += parameter.numel();
    }
    return parts;
}

}  // namespace reverie
