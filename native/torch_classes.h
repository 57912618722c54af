// What choices among classes share, of rows of logits: maxima, sums and softmax for the loops of each processor, and the
// walk over rows.
#pragma once
#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

namespace reverie {

// Independent sums, so that the compiler can use vectors.
constexpr int64_t lanes = 8;

ALWAYS_INLINE float largest(const float* __restrict x, int64_t count) {
    float most[lanes], all = x[0];
    for (auto& m : most) m = x[0];
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t k = 0; k < lanes; k++) most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
    for (; i < count; i++) all = x[i] > all ? x[i] : all;
    for (auto m : most) all = m > all ? m : all;
    return all;
}

// e^(x − shift), for x that are not above it.
ALWAYS_INLINE float shifted(float x, float shift) {
    float below = x - shift;
    return exponential(below < -87.0f ? -87.0f : below);
}

ALWAYS_INLINE float sum_of(const float* __restrict x, int64_t count) {
    float partial[lanes] = {}, sum = 0;
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t k = 0; k < lanes; k++) partial[k] += x[i + k];
    for (; i < count; i++) sum += x[i];
    for (auto p : partial) sum += p;
    return sum;
}

ALWAYS_INLINE float product_of(const float* __restrict x, const float* __restrict y, int64_t count) {
    float partial[lanes] = {}, sum = 0;
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int64_t k = 0; k < lanes; k++) partial[k] += x[i + k] * y[i + k];
    for (; i < count; i++) sum += x[i] * y[i];
    for (auto p : partial) sum += p;
    return sum;
}

ALWAYS_INLINE void softmax(const float* __restrict x, float* __restrict p, int64_t classes) {
    float shift = largest(x, classes);
    for (int64_t k = 0; k < classes; k++) p[k] = shifted(x[k], shift);
    float part = 1.0f / sum_of(p, classes);
    for (int64_t k = 0; k < classes; k++) p[k] *= part;
}

// The logits' gradient from that of the probabilities: p·(g − Σ p·g), times a scale.
ALWAYS_INLINE void softmax_back(const float* __restrict p, const float* __restrict g, float scale, float* __restrict to,
                                int64_t classes) {
    float mean = product_of(p, g, classes);
    for (int64_t k = 0; k < classes; k++) to[k] = scale * p[k] * (g[k] - mean);
}

inline bool fit(const at::Tensor& t) {
    return own_kernels && t.is_cpu() && t.scalar_type() == at::kFloat && t.dim() > 0 && t.numel() > 0;
}

inline bool without_classes(const at::Tensor& rows, const at::Tensor& logits) {
    return rows.is_cpu() && rows.scalar_type() == at::kFloat && rows.sizes() == logits.sizes().slice(0, logits.dim() - 1);
}

inline const float* row(const at::Tensor& t, int64_t n) { return t.data_ptr<float>() + n * t.size(-1); }

inline float* row_to(const at::Tensor& t, int64_t n) { return t.data_ptr<float>() + n * t.size(-1); }

inline float* each(const at::Tensor& t) { return t.data_ptr<float>(); }

inline at::Tensor one_each(const at::Tensor& logits) {
    return at::empty(logits.sizes().slice(0, logits.dim() - 1), logits.options());
}

// Calls work(n, room for three rows of classes) for each row, on all threads.
template <class Row>
void over_rows(const at::Tensor& logits, Row work) {
    auto classes = logits.size(-1);
    at::parallel_for(0, logits.numel() / classes, std::max<int64_t>(1, 4096 / classes), [&](int64_t first, int64_t last) {
        std::vector<float> room(3 * classes);
        for (auto n = first; n < last; n++) work(n, room.data());
    });
}

}  // namespace reverie
