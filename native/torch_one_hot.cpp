// Latents that are choices among classes, into which a part of the uniform distribution is mixed: draws and divergences
// from logits, in one pass forwards and one backwards (DreamerV3).
#include "torch_classes.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace reverie;

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

FOR_EACH_PROCESSOR(draw_forward, draw_row)
FOR_EACH_PROCESSOR(draw_backward, draw_back_row)
FOR_EACH_PROCESSOR(divergence_forward, divergence_row)
FOR_EACH_PROCESSOR(divergence_backward, divergence_back_row)

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

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("one_hot_draw(Tensor logits, Tensor uniform, float unimix) -> Tensor", &one_hot_draw);
    library.def("one_hot_divergence(Tensor q, Tensor p, float unimix) -> Tensor", &one_hot_divergence);
}
