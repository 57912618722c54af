// The gates of a recurrent cell after its products, in one pass forwards and one backwards (Cho et al. 2014, in the form
// of cuDNN and Keras: the reset gate multiplies the recurrent part of the candidate).
#include "torch_processors.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <cstring>

// Into each processor's copy of the loop, or it stays what every processor can do.
#define ALWAYS_INLINE __attribute__((always_inline)) inline

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// eˣ for |x| ≤ 87, in a form that compilers turn into vectors.
ALWAYS_INLINE float exponential(float x) {
    float scaled = x * 1.44269504f, whole = std::nearbyint(scaled), t = scaled - whole;
    float power = 1.54035304e-4f;                       // 2ᵗ on [−½, ½] by its series
    power = power * t + 1.33335581e-3f;
    power = power * t + 9.61812911e-3f;
    power = power * t + 5.55041087e-2f;
    power = power * t + 2.40226507e-1f;
    power = power * t + 6.93147181e-1f;
    power = power * t + 1.0f;
    int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
    float whole_power;
    std::memcpy(&whole_power, &bits, sizeof bits);
    return power * whole_power;
}

// What is not a number passes, as it does where the compiler's minimum is the processor's.
ALWAYS_INLINE float bounded(float x) {
    float below = x > 40.0f ? 40.0f : x;
    return below < -40.0f ? -40.0f : below;
}

ALWAYS_INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-bounded(x))); }

ALWAYS_INLINE float tanh_of(float x) {
    float bound = bounded(x);
    return 1.0f - 2.0f / (exponential(bound + bound) + 1.0f);
}

ALWAYS_INLINE float widen(float value) { return value; }

ALWAYS_INLINE float widen(uint16_t value) {
    uint32_t bits = static_cast<uint32_t>(value) << 16;
    float result;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

ALWAYS_INLINE void narrow(float value, float& to) { to = value; }

ALWAYS_INLINE void narrow(float value, uint16_t& to) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    // To the nearest, ties to even; what is not a number must not become infinity.
    to = value != value ? 0x7fc0 : static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// One row: the three parts of x's and of h's product, each `units` long, in the order reset, update, candidate.
template <class T, class H>
ALWAYS_INLINE void forward_row(const T* __restrict x, const T* __restrict r, const H* __restrict h, H* __restrict next,
                        int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float reset = sigmoid(widen(x[i]) + widen(r[i])), update = sigmoid(widen(x[units + i]) + widen(r[units + i]));
        float candidate = tanh_of(widen(x[2 * units + i]) + reset * widen(r[2 * units + i]));
        narrow(candidate + update * (widen(h[i]) - candidate), next[i]);
    }
}

template <class T, class H>
ALWAYS_INLINE void backward_row(const T* __restrict x, const T* __restrict r, const H* __restrict h,
                         const H* __restrict outgoing, T* __restrict to_x, T* __restrict to_r, H* __restrict to_h,
                         int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float reset = sigmoid(widen(x[i]) + widen(r[i])), update = sigmoid(widen(x[units + i]) + widen(r[units + i]));
        float recurrent = widen(r[2 * units + i]), candidate = tanh_of(widen(x[2 * units + i]) + reset * recurrent);
        float g = widen(outgoing[i]);
        float to_candidate = g * (1 - update) * (1 - candidate * candidate);
        float to_update = g * (widen(h[i]) - candidate) * update * (1 - update);
        float to_reset = to_candidate * recurrent * reset * (1 - reset);
        narrow(to_reset, to_x[i]);
        narrow(to_update, to_x[units + i]);
        narrow(to_candidate, to_x[2 * units + i]);
        narrow(to_reset, to_r[i]);
        narrow(to_update, to_r[units + i]);
        narrow(to_candidate * reset, to_r[2 * units + i]);
        narrow(g * update, to_h[i]);
    }
}

// Attributes that make copies for processors want plain functions.
#define GATE_ROWS(T, H)                                                                                                  \
    FOR_EACH_PROCESSOR void gates_forward(const T* x, const T* r, const H* h, H* next, int64_t units) {                  \
        forward_row(x, r, h, next, units);                                                                               \
    }                                                                                                                    \
    FOR_EACH_PROCESSOR void gates_backward(const T* x, const T* r, const H* h, const H* outgoing, T* to_x, T* to_r,      \
                                           H* to_h, int64_t units) {                                                     \
        backward_row(x, r, h, outgoing, to_x, to_r, to_h, units);                                                        \
    }
GATE_ROWS(float, float)
GATE_ROWS(uint16_t, float)
GATE_ROWS(uint16_t, uint16_t)
#undef GATE_ROWS

template <class T>
T* elements(const Tensor& t) { return static_cast<T*>(t.data_ptr()); }

bool is_one_of(const Tensor& t, std::initializer_list<at::ScalarType> types) {
    return t.is_cpu() && t.dim() == 2 && std::find(types.begin(), types.end(), t.scalar_type()) != types.end();
}

// Calls with the elements' types of the parts and of the state.
template <class Call>
void with_types(const Tensor& parts, const Tensor& state, Call call) {
    if (parts.scalar_type() == at::kFloat) call(float(), float());
    else if (state.scalar_type() == at::kFloat) call(uint16_t(), float());
    else call(uint16_t(), uint16_t());
}

constexpr int64_t rows_at_once = 16;

struct Gates : torch::autograd::Function<Gates> {
    static bool fit(const Tensor& x, const Tensor& r, const Tensor& h) {
        return is_one_of(x, {at::kFloat, at::kBFloat16}) && r.scalar_type() == x.scalar_type() && x.sizes() == r.sizes() &&
               is_one_of(h, {at::kFloat, x.scalar_type()});
    }

    static Tensor forward(AutogradContext* context, const Tensor& fromX, const Tensor& fromH, const Tensor& state) {
        auto x = fromX.contiguous(), r = fromH.contiguous(), h = state.contiguous();
        auto next = at::empty_like(h);
        auto units = h.size(1);
        with_types(x, h, [&](auto part, auto unit) {
            using T = decltype(part);
            using H = decltype(unit);
            at::parallel_for(0, h.size(0), rows_at_once, [&](int64_t first, int64_t last) {
                for (auto n = first; n < last; n++)
                    gates_forward(elements<T>(x) + n * 3 * units, elements<T>(r) + n * 3 * units,
                                  elements<H>(h) + n * units, elements<H>(next) + n * units, units);
            });
        });
        context->save_for_backward({x, r, h});
        return next;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &x = saved[0], &r = saved[1], &h = saved[2];
        auto outgoing = gradients[0].contiguous();
        auto to_x = at::empty_like(x), to_r = at::empty_like(r), to_h = at::empty_like(h);
        auto units = h.size(1);
        with_types(x, h, [&](auto part, auto unit) {
            using T = decltype(part);
            using H = decltype(unit);
            at::parallel_for(0, h.size(0), rows_at_once, [&](int64_t first, int64_t last) {
                for (auto n = first; n < last; n++) {
                    auto parts = n * 3 * units, own = n * units;
                    gates_backward(elements<T>(x) + parts, elements<T>(r) + parts, elements<H>(h) + own,
                                   elements<H>(outgoing) + own, elements<T>(to_x) + parts, elements<T>(to_r) + parts,
                                   elements<H>(to_h) + own, units);
                }
            });
        });
        return {to_x, to_r, to_h};
    }
};

// (B, 3·D), (B, 3·D), (B, D) -> (B, D), in the state's type.
Tensor gru_gates(const Tensor& fromX, const Tensor& fromH, const Tensor& h) {
    if (Gates::fit(fromX, fromH, h)) return Gates::apply(fromX, fromH, h);
    auto x = fromX.to(h.scalar_type()).chunk(3, -1), r = fromH.to(h.scalar_type()).chunk(3, -1);
    auto reset = (x[0] + r[0]).sigmoid(), update = (x[1] + r[1]).sigmoid();
    auto candidate = (x[2] + reset * r[2]).tanh();
    return candidate + update * (h - candidate);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("gru_gates(Tensor from_x, Tensor from_h, Tensor h) -> Tensor", &gru_gates);
}
