// The gates of a recurrent cell without gradients: what planning spends its element-wise time on, in two passes over
// memory instead of ten.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/library.h>

#include "torch_bfloat16.h"
#include "torch_processors.h"

namespace {

using at::Tensor;

// e^x to about one unit in the last place of float32, in operations that become vector code.
inline float exponential(float x) {
    constexpr float log2_e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    x = x < -87.0f ? -87.0f : x > 87.0f ? 87.0f : x;
    auto scaled = x * log2_e;
    auto n = static_cast<int32_t>(scaled + (scaled < 0 ? -0.5f : 0.5f));
    auto r = x - static_cast<float>(n) * ln2_high - static_cast<float>(n) * ln2_low;    // |r| ≤ ½ ln 2
    auto series = 1.0f + r * (1.0f + r * (1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r / 720.0f)))));
    auto bits = static_cast<uint32_t>(n + 127) << 23;
    float power;
    std::memcpy(&power, &bits, sizeof power);
    return series * power;
}

inline float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }
inline float hyperbolic(float x) { return 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f); }

// One row: r⊙h and u from the raw gates [r, u].
FOR_EACH_PROCESSOR
void gates_row(const float* __restrict raw, const float* __restrict h, float* __restrict reset, float* __restrict update,
               int64_t units) {
    for (int64_t i = 0; i < units; i++) reset[i] = sigmoid(raw[i]) * h[i];
    for (int64_t i = 0; i < units; i++) update[i] = sigmoid(raw[units + i]);
}

FOR_EACH_PROCESSOR
void gates_row(const uint16_t* __restrict raw, const uint16_t* __restrict h, uint16_t* __restrict reset,
               uint16_t* __restrict update, int64_t units) {
    for (int64_t i = 0; i < units; i++) reset[i] = reverie::narrow(sigmoid(reverie::widen(raw[i])) * reverie::widen(h[i]));
    for (int64_t i = 0; i < units; i++) update[i] = reverie::narrow(sigmoid(reverie::widen(raw[units + i])));
}

// u⊙h + (1−u)⊙tanh(c).
FOR_EACH_PROCESSOR
void mix_row(const float* __restrict candidate, const float* __restrict update, const float* __restrict h,
             float* __restrict next, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        float c = hyperbolic(candidate[i]);
        next[i] = c + update[i] * (h[i] - c);
    }
}

FOR_EACH_PROCESSOR
void mix_row(const uint16_t* __restrict candidate, const uint16_t* __restrict update, const uint16_t* __restrict h,
             uint16_t* __restrict next, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        float c = hyperbolic(reverie::widen(candidate[i])), u = reverie::widen(update[i]);
        next[i] = reverie::narrow(c + u * (reverie::widen(h[i]) - c));
    }
}

bool plain(const Tensor& a, const Tensor& b) {
    TORCH_CHECK(!at::GradMode::is_enabled() || !(a.requires_grad() || b.requires_grad()),
                "gru_gates and gru_mix have no gradient; call them under no-grad");
    return !a.is_cpu() || a.scalar_type() != b.scalar_type() ||
           (a.scalar_type() != at::kFloat && a.scalar_type() != at::kBFloat16);
}

template <class T>
T* elements(const Tensor& t) { return static_cast<T*>(t.data_ptr()); }

template <class T>
void run_gates(const Tensor& raw, const Tensor& h, const Tensor& reset, const Tensor& update) {
    auto units = h.size(1);
    at::parallel_for(0, h.size(0), std::max<int64_t>(1, 16384 / units), [&](int64_t begin, int64_t end) {
        for (auto n = begin; n < end; n++)
            gates_row(elements<T>(raw) + n * 2 * units, elements<T>(h) + n * units, elements<T>(reset) + n * units,
                      elements<T>(update) + n * units, units);
    });
}

template <class T>
void run_mix(const Tensor& candidate, const Tensor& update, const Tensor& h, const Tensor& next) {
    at::parallel_for(0, h.numel(), 16384, [&](int64_t begin, int64_t end) {
        mix_row(elements<T>(candidate) + begin, elements<T>(update) + begin, elements<T>(h) + begin,
                elements<T>(next) + begin, end - begin);
    });
}

// Raw gates (N, 2D) and state (N, D) → σ(r)⊙h and σ(u), both (N, D).
std::tuple<Tensor, Tensor> gru_gates(const Tensor& raw, const Tensor& h) {
    if (plain(raw, h)) {
        auto gates = raw.sigmoid().chunk(2, -1);
        return {gates[0] * h, gates[1]};
    }
    auto rows = raw.contiguous(), state = h.contiguous();
    auto reset = at::empty_like(state), update = at::empty_like(state);
    if (h.scalar_type() == at::kFloat)
        run_gates<float>(rows, state, reset, update);
    else
        run_gates<uint16_t>(rows, state, reset, update);
    return {reset, update};
}

Tensor gru_mix(const Tensor& candidate, const Tensor& update, const Tensor& h) {
    if (plain(candidate, h)) {
        auto c = candidate.tanh();
        return c + update * (h - c);
    }
    auto raw = candidate.contiguous(), gate = update.contiguous(), state = h.contiguous();
    auto next = at::empty_like(state);
    if (h.scalar_type() == at::kFloat)
        run_mix<float>(raw, gate, state, next);
    else
        run_mix<uint16_t>(raw, gate, state, next);
    return next;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("gru_gates(Tensor raw, Tensor h) -> (Tensor, Tensor)", &gru_gates);
    library.def("gru_mix(Tensor candidate, Tensor update, Tensor h) -> Tensor", &gru_mix);
}
