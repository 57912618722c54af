// RMS norm over the last dimension with an activation after it, in one pass forwards and one backwards (Zhang and Sennrich
// 2019). Of a picture that lies channels-last the rows are its pixels.
#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <vector>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace reverie;

// Independent sums, so that the compiler can use vectors.
constexpr int64_t lanes = 8;

// Rows shorter than this, such as the pixels of a picture of few channels, are too short for vectors: several are taken
// as one in which each element has its own factor and scale.
constexpr int64_t short_row = 64, together = 512;

// 1/√(mean x² + ε).
template <class X>
ALWAYS_INLINE float inverse_root(const X* __restrict x, int64_t width, float epsilon) {
    float partial[lanes] = {}, sum = 0;
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes)
        for (int64_t k = 0; k < lanes; k++) partial[k] += widen(x[i + k]) * widen(x[i + k]);
    for (; i < width; i++) sum += widen(x[i]) * widen(x[i]);
    for (auto p : partial) sum += p;
    return 1.0f / std::sqrt(sum / static_cast<float>(width) + epsilon);
}

// Whether there is a SiLU is known where loops are compiled; asked for in a loop it would keep it from vectors.
template <bool silu, class Y>
ALWAYS_INLINE void activate(float value, Y& y) {
    if constexpr (silu) narrow(value * sigmoid(value), y);
    else narrow(value, y);
}

template <bool silu>
ALWAYS_INLINE float activation_gradient(float value, float outgoing) {
    if constexpr (!silu) return outgoing;
    float open = sigmoid(value);
    return outgoing * open * (1 + value * (1 - open));
}

// Σ of the scaled row with its own gradient, by the width; the scale's gradients are added to `to_scale`.
template <class X>
ALWAYS_INLINE float along_row(const X* __restrict x, const float* __restrict scale, const float* __restrict before,
                              float* __restrict to_scale, float factor, int64_t width) {
    float partial[lanes] = {}, along = 0;
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes)
        for (int64_t k = 0; k < lanes; k++) {
            float part = before[i + k] * (widen(x[i + k]) * factor);
            to_scale[i + k] += part;
            partial[k] += part * scale[i + k];
        }
    for (; i < width; i++) {
        float part = before[i] * (widen(x[i]) * factor);
        to_scale[i] += part;
        along += part * scale[i];
    }
    for (auto p : partial) along += p;
    return along / static_cast<float>(width);
}

ALWAYS_INLINE void repeat(const float* __restrict row, float* __restrict rows, int64_t count, int64_t width) {
    for (int64_t n = 0; n < count; n++)
        for (int64_t i = 0; i < width; i++) rows[n * width + i] = row[i];
}

template <class X>
ALWAYS_INLINE void factors_of(const X* __restrict x, float* __restrict factors, int64_t count, int64_t width,
                              float epsilon) {
    for (int64_t n = 0; n < count; n++) {
        auto factor = inverse_root(x + n * width, width, epsilon);
        for (int64_t i = 0; i < width; i++) factors[n * width + i] = factor;
    }
}

template <bool silu, class X, class Y>
ALWAYS_INLINE void norm_short_rows(const X* __restrict x, const float* __restrict scale, Y* __restrict y, int64_t rows,
                                   int64_t width, float epsilon) {
    float factors[together], scales[together];
    auto most = together / width;
    repeat(scale, scales, most, width);
    for (int64_t first = 0; first < rows; first += most) {
        auto count = std::min(most, rows - first), elements = count * width;
        factors_of(x, factors, count, width, epsilon);
#pragma GCC ivdep
        for (int64_t i = 0; i < elements; i++) activate<silu>(widen(x[i]) * factors[i] * scales[i], y[i]);
        x += elements;
        y += elements;
    }
}

template <bool silu, class X, class Y>
ALWAYS_INLINE void norm_rows(const X* __restrict x, const float* __restrict scale, Y* __restrict y, int64_t rows,
                             int64_t width, float epsilon) {
    if (width < short_row) return norm_short_rows<silu>(x, scale, y, rows, width, epsilon);
    for (int64_t n = 0; n < rows; n++, x += width, y += width) {
        float factor = inverse_root(x, width, epsilon);
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++) activate<silu>(widen(x[i]) * factor * scale[i], y[i]);
    }
}

template <bool silu, class X, class Y>
ALWAYS_INLINE void norm_back_short_rows(const X* __restrict x, const float* __restrict scale,
                                        const Y* __restrict outgoing, X* __restrict to_x, float* __restrict to_scale,
                                        int64_t rows, int64_t width, float epsilon) {
    float factors[together], scales[together], before[together], alongs[together];
    auto most = together / width;
    repeat(scale, scales, most, width);
    for (int64_t first = 0; first < rows; first += most) {
        auto count = std::min(most, rows - first), elements = count * width;
        factors_of(x, factors, count, width, epsilon);
#pragma GCC ivdep
        for (int64_t i = 0; i < elements; i++)
            before[i] = activation_gradient<silu>(widen(x[i]) * factors[i] * scales[i], widen(outgoing[i]));
        for (int64_t n = 0; n < elements; n += width) {
            auto along = along_row(x + n, scale, before + n, to_scale, factors[n], width);
            for (int64_t i = 0; i < width; i++) alongs[n + i] = along;
        }
#pragma GCC ivdep
        for (int64_t i = 0; i < elements; i++)
            narrow(factors[i] * (before[i] * scales[i] - widen(x[i]) * factors[i] * alongs[i]), to_x[i]);
        x += elements;
        outgoing += elements;
        to_x += elements;
    }
}

// `before`, as long as a row, is overwritten; gradients of the scale are added to `to_scale`.
template <bool silu, class X, class Y>
ALWAYS_INLINE void norm_back_rows(const X* __restrict x, const float* __restrict scale, const Y* __restrict outgoing,
                                  X* __restrict to_x, float* __restrict to_scale, float* __restrict before, int64_t rows,
                                  int64_t width, float epsilon) {
    if (width < short_row)
        return norm_back_short_rows<silu>(x, scale, outgoing, to_x, to_scale, rows, width, epsilon);
    for (int64_t n = 0; n < rows; n++, x += width, outgoing += width, to_x += width) {
        float factor = inverse_root(x, width, epsilon);
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++)
            before[i] = activation_gradient<silu>(widen(x[i]) * factor * scale[i], widen(outgoing[i]));
        auto along = along_row(x, scale, before, to_scale, factor, width);
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++)
            narrow(factor * (before[i] * scale[i] - widen(x[i]) * factor * along), to_x[i]);
    }
}

template <class X, class Y>
ALWAYS_INLINE void norm_and_activate(const X* x, const float* scale, Y* y, int64_t rows, int64_t width, float epsilon,
                                     bool silu) {
    if (silu) norm_rows<true>(x, scale, y, rows, width, epsilon);
    else norm_rows<false>(x, scale, y, rows, width, epsilon);
}

template <class X, class Y>
ALWAYS_INLINE void norm_and_activate_back(const X* x, const float* scale, const Y* outgoing, X* to_x, float* to_scale,
                                          float* before, int64_t rows, int64_t width, float epsilon, bool silu) {
    if (silu) norm_back_rows<true>(x, scale, outgoing, to_x, to_scale, before, rows, width, epsilon);
    else norm_back_rows<false>(x, scale, outgoing, to_x, to_scale, before, rows, width, epsilon);
}

FOR_EACH_PROCESSOR(norm_forward, norm_and_activate)
FOR_EACH_PROCESSOR(norm_backward, norm_and_activate_back)

bool is_narrow_or_float(at::ScalarType type) { return type == at::kFloat || type == at::kBFloat16; }

// Calls with the elements' types of both.
template <class Call>
void with_types(at::ScalarType from, at::ScalarType to, Call call) {
    if (from == at::kFloat && to == at::kFloat) call(float(), float());
    else if (from == at::kFloat) call(float(), uint16_t());
    else if (to == at::kFloat) call(uint16_t(), float());
    else call(uint16_t(), uint16_t());
}

template <class T>
T* row(const Tensor& t, int64_t n, int64_t width) { return static_cast<T*>(t.data_ptr()) + n * width; }

struct RmsNorm : torch::autograd::Function<RmsNorm> {
    static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& scale, double epsilon, bool silu,
                          at::ScalarType type) {
        auto x = input.contiguous(), s = scale.contiguous(), y = at::empty(x.sizes(), x.options().dtype(type));
        auto width = s.numel(), rows = x.numel() / width;
        with_types(x.scalar_type(), type, [&](auto from, auto to) {
            using X = decltype(from);
            using Y = decltype(to);
            at::parallel_for(0, rows, std::max<int64_t>(1, 8192 / width), [&](int64_t first, int64_t last) {
                norm_forward(static_cast<const X*>(row<X>(x, first, width)), static_cast<const float*>(s.data_ptr<float>()),
                             row<Y>(y, first, width), last - first, width, static_cast<float>(epsilon), silu);
            });
        });
        context->save_for_backward({x, s});
        context->saved_data["epsilon"] = epsilon;
        context->saved_data["silu"] = silu;
        return y;
    }

    // Gradients of the scale are added up per fixed block of rows and these in order, so that they do not depend on the
    // number of threads.
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &x = saved[0], &s = saved[1];
        auto outgoing = gradients[0].contiguous(), to_x = at::empty_like(x);
        auto epsilon = static_cast<float>(context->saved_data["epsilon"].toDouble());
        auto silu = context->saved_data["silu"].toBool();
        auto width = s.numel(), rows = x.numel() / width, blocks = std::min<int64_t>(rows, 16);
        std::vector<float> sums(blocks * width, 0.0f);
        with_types(x.scalar_type(), outgoing.scalar_type(), [&](auto from, auto to) {
            using X = decltype(from);
            using Y = decltype(to);
            at::parallel_for(0, blocks, std::max<int64_t>(1, 8192 * blocks / std::max<int64_t>(1, x.numel())),
                             [&](int64_t begin, int64_t end) {
                std::vector<float> before(width);
                for (auto block = begin; block < end; block++) {
                    auto first = rows * block / blocks, last = rows * (block + 1) / blocks;
                    norm_backward(static_cast<const X*>(row<X>(x, first, width)),
                                  static_cast<const float*>(s.data_ptr<float>()),
                                  static_cast<const Y*>(row<Y>(outgoing, first, width)), row<X>(to_x, first, width),
                                  sums.data() + block * width, before.data(), last - first, width, epsilon, silu);
                }
            });
        });
        auto to_scale = at::zeros({width}, s.options());
        auto sum = to_scale.data_ptr<float>();
        for (int64_t block = 0; block < blocks; block++)
            for (int64_t i = 0; i < width; i++) sum[i] += sums[block * width + i];
        return {to_x, to_scale, Tensor(), Tensor(), Tensor()};
    }
};

// (…, D) and a scale (D) -> s·x/√(mean x² + ε), then SiLU if asked for, rounded to a type once.
Tensor rms_norm(const Tensor& x, const Tensor& scale, double epsilon, bool silu, at::ScalarType type) {
    if (own_kernels && x.is_cpu() && is_narrow_or_float(x.scalar_type()) && is_narrow_or_float(type) &&
        scale.scalar_type() == at::kFloat && x.numel() > 0)
        return RmsNorm::apply(x, scale, epsilon, silu, type);
    auto wide = x.to(scale.scalar_type());
    auto y = wide * (wide.square().mean(-1, true) + epsilon).rsqrt() * scale;
    return (silu ? at::silu(y) : y).to(type);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("rms_norm(Tensor x, Tensor scale, float epsilon, bool silu, ScalarType dtype) -> Tensor", &rms_norm);
}
