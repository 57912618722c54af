// Numbers as a choice among bins: their logarithmic probability as two-hot and the mean, from logits, in one pass forwards
// and one backwards (DreamerV3).
#include "torch_classes.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace reverie;

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

FOR_EACH_PROCESSOR(log_sum_forward, log_sum_row)
FOR_EACH_PROCESSOR(log_prob_backward, log_prob_back_row)
FOR_EACH_PROCESSOR(mean_forward, mean_row)
FOR_EACH_PROCESSOR(mean_backward, mean_back_row)

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
    library.def("two_hot_log_prob(Tensor logits, Tensor value, Tensor bins) -> Tensor", &two_hot_log_prob);
    library.def("two_hot_mean(Tensor logits, Tensor bins) -> Tensor", &two_hot_mean);
}
