// Where layers in bfloat16 multiply in float32.
#pragma once
#include "torch_choice.h"
#include "torch_processors.h"

#include <ATen/ATen.h>

#include <limits>

namespace reverie {

// Whether bfloat16 is to be multiplied as float32 and rounded after: without AVX-512 libtorch's products of it add up in
// bfloat16, or are refused where oneDNN is kept to less than the processor has; and so do those of few numbers everywhere.
inline bool in_float(const at::Tensor& x, int64_t products) {
    constexpr int64_t few = 16 * 16 * 16;               // as many as libtorch does not give to oneDNN
    return x.is_cpu() && x.scalar_type() == at::kBFloat16 &&
           (!libraries_use(Level::avx512) || (own_kernels && products <= few));
}

inline bool in_float(const at::Tensor& x) { return in_float(x, std::numeric_limits<int64_t>::max()); }

}  // namespace reverie
