// Choices among classes, from logits, in one pass forwards and one backwards: draws and divergences of latents into which
// a part of the uniform distribution is mixed, and numbers as a choice among bins (DreamerV3).
#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace reverie;

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

// One-hot: the class into whose part of the distribution function the uniform number falls.
ALWAYS_INLINE void draw_row(const float* __restrict logits, float uniform, float mixed, float* __restrict one,
                            int64_t classes) {
    softmax(logits, one, classes);
    float even = mixed / static_cast<float>(classes), sum = 0;
    int64_t beyond = 0;
    // Not beyond the last one, so that rounding cannot leave it without a class.
    for (int64_t k = 0; k + 1 < classes; k++) {
        sum += one[k] * (1 - mixed) + even;
        beyond += sum <= uniform;
    }
    for (int64_t k = 0; k < classes; k++) one[k] = 0;
    one[beyond] = 1;
}

ALWAYS_INLINE void draw_back_row(const float* __restrict logits, const float* __restrict outgoing, float mixed,
                                 float* __restrict to, float* __restrict p, int64_t classes) {
    softmax(logits, p, classes);
    softmax_back(p, outgoing, 1 - mixed, to, classes);
}

// Σ q·(ln q − ln p). q, p and `a` are overwritten by probabilities before the mixture, and by ln q − ln p of those after.
ALWAYS_INLINE float divergence_row(const float* __restrict q_logits, const float* __restrict p_logits, float mixed,
                                   float* __restrict q, float* __restrict p, float* __restrict a, int64_t classes) {
    softmax(q_logits, q, classes);
    softmax(p_logits, p, classes);
    float even = mixed / static_cast<float>(classes), kept = 1 - mixed;
    for (int64_t k = 0; k < classes; k++) a[k] = logarithm(q[k] * kept + even) - logarithm(p[k] * kept + even);
    return kept * product_of(q, a, classes) + even * sum_of(a, classes);
}

ALWAYS_INLINE void divergence_back_row(const float* __restrict q_logits, const float* __restrict p_logits, float mixed,
                                       float outgoing, float* __restrict to_q, float* __restrict to_p,
                                       float* __restrict q, float* __restrict p, float* __restrict a, int64_t classes) {
    divergence_row(q_logits, p_logits, mixed, q, p, a, classes);
    float even = mixed / static_cast<float>(classes), kept = 1 - mixed;
    if (to_q) softmax_back(q, a, outgoing * kept, to_q, classes);
    if (!to_p) return;
    for (int64_t k = 0; k < classes; k++) a[k] = (q[k] * kept + even) / (p[k] * kept + even);
    softmax_back(p, a, -outgoing * kept, to_p, classes);
}

// ln Σ eˣ; p is overwritten.
ALWAYS_INLINE float log_sum_row(const float* __restrict logits, float* __restrict p, int64_t classes) {
    float shift = largest(logits, classes);
    for (int64_t k = 0; k < classes; k++) p[k] = shifted(logits[k], shift);
    return shift + logarithm(sum_of(p, classes));
}

ALWAYS_INLINE void log_prob_back_row(const float* __restrict logits, float log_sum, float outgoing, float* __restrict to,
                                     int64_t classes) {
    for (int64_t k = 0; k < classes; k++) to[k] = -outgoing * shifted(logits[k], log_sum);
}

// Σ p·bin, each bin together with its mirror image; p is overwritten.
ALWAYS_INLINE float mean_row(const float* __restrict logits, const float* __restrict bins, float* __restrict p,
                             int64_t classes) {
    softmax(logits, p, classes);
    int64_t half = classes / 2;
    for (int64_t k = 0; k < half; k++) p[k] = p[classes - 1 - k] - p[k];
    float sum = 0;
    for (int64_t k = 0; k < half; k++) sum += p[k] * bins[classes - 1 - k];
    return sum;
}

ALWAYS_INLINE void mean_back_row(const float* __restrict logits, const float* __restrict bins, float outgoing,
                                 float* __restrict to, float* __restrict p, int64_t classes) {
    softmax(logits, p, classes);
    softmax_back(p, bins, outgoing, to, classes);
}

FOR_EACH_PROCESSOR(draw_forward, draw_row)
FOR_EACH_PROCESSOR(draw_backward, draw_back_row)
FOR_EACH_PROCESSOR(divergence_forward, divergence_row)
FOR_EACH_PROCESSOR(divergence_backward, divergence_back_row)
FOR_EACH_PROCESSOR(log_sum_forward, log_sum_row)
FOR_EACH_PROCESSOR(log_prob_backward, log_prob_back_row)
FOR_EACH_PROCESSOR(mean_forward, mean_row)
FOR_EACH_PROCESSOR(mean_backward, mean_back_row)

bool fit(const Tensor& t) {
    return own_kernels && t.is_cpu() && t.scalar_type() == at::kFloat && t.dim() > 0 && t.numel() > 0;
}

bool without_classes(const Tensor& rows, const Tensor& logits) {
    return rows.is_cpu() && rows.scalar_type() == at::kFloat && rows.sizes() == logits.sizes().slice(0, logits.dim() - 1);
}

const float* row(const Tensor& t, int64_t n) { return t.data_ptr<float>() + n * t.size(-1); }

float* row_to(const Tensor& t, int64_t n) { return t.data_ptr<float>() + n * t.size(-1); }

float* each(const Tensor& t) { return t.data_ptr<float>(); }

Tensor one_each(const Tensor& logits) { return at::empty(logits.sizes().slice(0, logits.dim() - 1), logits.options()); }

// Calls work(n, room for three rows of classes) for each row, on all threads.
template <class Row>
void over_rows(const Tensor& logits, Row work) {
    auto classes = logits.size(-1);
    at::parallel_for(0, logits.numel() / classes, std::max<int64_t>(1, 4096 / classes), [&](int64_t first, int64_t last) {
        std::vector<float> room(3 * classes);
        for (auto n = first; n < last; n++) work(n, room.data());
    });
}

struct Draw : torch::autograd::Function<Draw> {
    static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& numbers, double unimix) {
        auto logits = input.contiguous(), uniform = numbers.contiguous(), one = at::empty_like(logits);
        auto mixed = static_cast<float>(unimix);
        over_rows(logits, [&](int64_t n, float*) {
            draw_forward(row(logits, n), each(uniform)[n], mixed, row_to(one, n), logits.size(-1));
        });
        context->save_for_backward({logits});
        context->saved_data["unimix"] = unimix;
        return one;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto logits = context->get_saved_variables()[0], outgoing = gradients[0].contiguous(), to = at::empty_like(logits);
        auto mixed = static_cast<float>(context->saved_data["unimix"].toDouble());
        over_rows(logits, [&](int64_t n, float* room) {
            draw_backward(row(logits, n), row(outgoing, n), mixed, row_to(to, n), room, logits.size(-1));
        });
        return {to, Tensor(), Tensor()};
    }
};

struct Divergence : torch::autograd::Function<Divergence> {
    static Tensor forward(AutogradContext* context, const Tensor& of, const Tensor& from, double unimix) {
        auto q = of.contiguous(), p = from.contiguous(), result = one_each(q);
        auto mixed = static_cast<float>(unimix);
        auto classes = q.size(-1);
        over_rows(q, [&](int64_t n, float* room) {
            each(result)[n] = divergence_forward(row(q, n), row(p, n), mixed, room, room + classes, room + 2 * classes, classes);
        });
        context->save_for_backward({q, p});
        context->saved_data["unimix"] = unimix;
        return result;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &q = saved[0], &p = saved[1];
        auto outgoing = gradients[0].contiguous();
        auto mixed = static_cast<float>(context->saved_data["unimix"].toDouble());
        auto classes = q.size(-1);
        Tensor to_q, to_p;
        if (context->needs_input_grad(0)) to_q = at::empty_like(q);
        if (context->needs_input_grad(1)) to_p = at::empty_like(p);
        over_rows(q, [&](int64_t n, float* room) {
            divergence_backward(row(q, n), row(p, n), mixed, each(outgoing)[n], to_q.defined() ? row_to(to_q, n) : nullptr,
                                to_p.defined() ? row_to(to_p, n) : nullptr, room, room + classes, room + 2 * classes,
                                classes);
        });
        return {to_q, to_p, Tensor()};
    }
};

// The bin below a number and the part of the bin above it. What lies beyond the bins is found between the last two.
std::pair<int64_t, float> two_hot(float value, const float* bins, int64_t count) {
    auto below = std::lower_bound(bins + 1, bins + count - 1, value) - (bins + 1);
    auto part = (value - bins[below]) / (bins[below + 1] - bins[below]);
    return {below, part < 0 ? 0 : part > 1 ? 1 : part};
}

struct TwoHotLogProb : torch::autograd::Function<TwoHotLogProb> {
    static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& number, const Tensor& all) {
        auto logits = input.contiguous(), value = number.contiguous(), bins = all.contiguous();
        auto result = one_each(logits), sums = one_each(logits);
        over_rows(logits, [&](int64_t n, float* room) {
            auto sum = log_sum_forward(row(logits, n), room, logits.size(-1));
            auto [below, part] = two_hot(each(value)[n], each(bins), logits.size(-1));
            auto at = row(logits, n) + below;
            each(result)[n] = (at[0] - sum) * (1 - part) + (at[1] - sum) * part;
            each(sums)[n] = sum;
        });
        context->save_for_backward({logits, value, bins, sums});
        return result;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &logits = saved[0], &value = saved[1], &bins = saved[2], &sums = saved[3];
        auto outgoing = gradients[0].contiguous(), to = at::empty_like(logits);
        over_rows(logits, [&](int64_t n, float*) {
            auto g = each(outgoing)[n];
            log_prob_backward(row(logits, n), each(sums)[n], g, row_to(to, n), logits.size(-1));
            auto [below, part] = two_hot(each(value)[n], each(bins), logits.size(-1));
            row_to(to, n)[below] += g * (1 - part);
            row_to(to, n)[below + 1] += g * part;
        });
        return {to, Tensor(), Tensor()};
    }
};

struct TwoHotMean : torch::autograd::Function<TwoHotMean> {
    static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& all) {
        auto logits = input.contiguous(), bins = all.contiguous(), result = one_each(logits);
        over_rows(logits, [&](int64_t n, float* room) {
            each(result)[n] = mean_forward(row(logits, n), static_cast<const float*>(each(bins)), room, logits.size(-1));
        });
        context->save_for_backward({logits, bins});
        return result;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &logits = saved[0], &bins = saved[1];
        auto outgoing = gradients[0].contiguous(), to = at::empty_like(logits);
        over_rows(logits, [&](int64_t n, float* room) {
            mean_backward(row(logits, n), static_cast<const float*>(each(bins)), each(outgoing)[n], row_to(to, n), room,
                          logits.size(-1));
        });
        return {to, Tensor()};
    }
};

Tensor mixture(const Tensor& logits, double unimix) {
    return logits.softmax(-1) * (1 - unimix) + unimix / static_cast<double>(logits.size(-1));
}

// Logits (…, K), uniform numbers (…) -> one-hot (…, K), with the gradient of the probabilities.
Tensor one_hot_draw(const Tensor& logits, const Tensor& uniform, double unimix) {
    if (fit(logits) && without_classes(uniform, logits)) return Draw::apply(logits, uniform, unimix);
    auto p = mixture(logits, unimix);
    auto beyond = p.detach().cumsum(-1).narrow(-1, 0, p.size(-1) - 1).le(uniform.unsqueeze(-1)).to(p.scalar_type());
    return at::constant_pad_nd(beyond, {1, 0}, 1) - at::constant_pad_nd(beyond, {0, 1}, 0) + (p - p.detach());
}

// Two of logits (…, K) -> KL of the first from the second, (…).
Tensor one_hot_divergence(const Tensor& q, const Tensor& p, double unimix) {
    if (fit(q) && fit(p) && q.sizes() == p.sizes()) return Divergence::apply(q, p, unimix);
    auto of = mixture(q, unimix);
    return (of * (of.log() - mixture(p, unimix).log())).sum(-1);
}

// Logits (…, K) of ascending bins (K), values (…) -> Σ two-hot(value)·ln p, (…). No gradient reaches the values.
Tensor two_hot_log_prob(const Tensor& logits, const Tensor& value, const Tensor& bins) {
    if (fit(logits) && fit(bins) && without_classes(value, logits)) return TwoHotLogProb::apply(logits, value, bins);
    auto below = at::bucketize(value, bins.narrow(0, 1, bins.size(0) - 2)), above = below + 1;
    auto low = bins.take(below), part = ((value - low) / (bins.take(above) - low)).clamp(0, 1);
    auto log_probabilities = logits.log_softmax(-1);
    auto at = [&](const Tensor& bin) { return log_probabilities.gather(-1, bin.unsqueeze(-1)).squeeze(-1); };
    return at(below) * (1 - part) + at(above) * part;
}

// Logits (…, K) of bins (K) that are each other's mirror image -> Σ p·bin, (…).
Tensor two_hot_mean(const Tensor& logits, const Tensor& bins) {
    if (fit(logits) && fit(bins)) return TwoHotMean::apply(logits, bins);
    auto p = logits.softmax(-1);
    auto half = bins.size(0) / 2;
    return ((p.narrow(-1, half + 1, half) - p.narrow(-1, 0, half).flip(-1)) * bins.narrow(0, half + 1, half)).sum(-1);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("one_hot_draw(Tensor logits, Tensor uniform, float unimix) -> Tensor", &one_hot_draw);
    library.def("one_hot_divergence(Tensor q, Tensor p, float unimix) -> Tensor", &one_hot_divergence);
    library.def("two_hot_log_prob(Tensor logits, Tensor value, Tensor bins) -> Tensor", &two_hot_log_prob);
    library.def("two_hot_mean(Tensor logits, Tensor bins) -> Tensor", &two_hot_mean);
}
