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

template <class X, class Y>
ALWAYS_INLINE void norm_rows(const X* __restrict x, const float* __restrict scale, Y* __restrict y, int64_t rows,
                             int64_t width, float epsilon, bool silu) {
    for (int64_t n = 0; n < rows; n++, x += width, y += width) {
        float factor = inverse_root(x, width, epsilon);
        if (silu) {
#pragma GCC ivdep
            for (int64_t i = 0; i < width; i++) {
                float value = widen(x[i]) * factor * scale[i];
                narrow(value * sigmoid(value), y[i]);
            }
        } else {
#pragma GCC ivdep
            for (int64_t i = 0; i < width; i++) narrow(widen(x[i]) * factor * scale[i], y[i]);
        }
    }
}

// `before`, as long as a row, is overwritten; gradients of the scale are added to `to_scale`.
template <class X, class Y>
ALWAYS_INLINE void norm_back_rows(const X* __restrict x, const float* __restrict scale, const Y* __restrict outgoing,
                                  X* __restrict to_x, float* __restrict to_scale, float* __restrict before, int64_t rows,
                                  int64_t width, float epsilon, bool silu) {
    for (int64_t n = 0; n < rows; n++, x += width, outgoing += width, to_x += width) {
        float factor = inverse_root(x, width, epsilon);
        if (silu) {
#pragma GCC ivdep
            for (int64_t i = 0; i < width; i++) {
                float value = widen(x[i]) * factor * scale[i], open = sigmoid(value);
                before[i] = widen(outgoing[i]) * open * (1 + value * (1 - open));
            }
        } else {
#pragma GCC ivdep
            for (int64_t i = 0; i < width; i++) before[i] = widen(outgoing[i]);
        }
        float partial[lanes] = {}, along = 0;                   // Σ of the normed row with its own gradient
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
        along /= static_cast<float>(width);
#pragma GCC ivdep
        for (int64_t j = 0; j < width; j++)
            narrow(factor * (before[j] * scale[j] - widen(x[j]) * factor * along), to_x[j]);
    }
}

FOR_EACH_PROCESSOR(norm_forward, norm_rows)
FOR_EACH_PROCESSOR(norm_backward, norm_back_rows)

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
