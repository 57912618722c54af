// The gates of GRU cells between and after their products, in one pass forwards and one backwards each (Cho et al. 2014):
// the form of cuDNN and Keras, where the reset gate multiplies the recurrent part of the candidate, and that of TensorFlow's
// GRUBlockCell, where it multiplies the state before the candidate's product. And DreamerV3's, in blocks.
#include "torch_gates.h"

#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::variable_list;
using namespace reverie;

struct GateValues {
    float reset, update, candidate, fresh;      // `fresh`: what the reset gate multiplies
};

// Of one row: the three parts of x's and of h's product, each `units` long, in the order reset, update, candidate.
template <class T>
ALWAYS_INLINE GateValues gates_of(const T* x, const T* r, int64_t i, int64_t units) {
    float reset = sigmoid(widen(x[i]) + widen(r[i])), update = sigmoid(widen(x[units + i]) + widen(r[units + i]));
    float fresh = widen(r[2 * units + i]);
    return {reset, update, tanh_of(widen(x[2 * units + i]) + reset * fresh), fresh};
}

template <class T, class H>
ALWAYS_INLINE void forward_row(const T* __restrict x, const T* __restrict r, const H* __restrict h, H* __restrict next,
                               int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        auto [reset, update, candidate, fresh] = gates_of(x, r, i, units);
        narrow(candidate + update * (widen(h[i]) - candidate), next[i]);
    }
}

template <class T, class H>
ALWAYS_INLINE void backward_row(const T* __restrict x, const T* __restrict r, const H* __restrict h,
                                const H* __restrict outgoing, T* __restrict to_x, T* __restrict to_r,
                                H* __restrict to_h, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        auto [reset, update, candidate, fresh] = gates_of(x, r, i, units);
        float g = widen(outgoing[i]);
        float to_candidate = g * (1 - update) * (1 - candidate * candidate);
        float to_update = g * (widen(h[i]) - candidate) * update * (1 - update);
        float to_reset = to_candidate * fresh * reset * (1 - reset);
        narrow(to_reset, to_x[i]);
        narrow(to_update, to_x[units + i]);
        narrow(to_candidate, to_x[2 * units + i]);
        narrow(to_reset, to_r[i]);
        narrow(to_update, to_r[units + i]);
        narrow(to_candidate * reset, to_r[2 * units + i]);
        narrow(g * update, to_h[i]);
    }
}

// One row of [reset, update], each `units` long: the state as far as the reset gate lets it through.
template <class T, class H>
ALWAYS_INLINE void reset_row(const T* __restrict gates, const H* __restrict h, T* __restrict kept, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) narrow(widen(gates[i]) * widen(h[i]), kept[i]);
}

template <class T, class H>
ALWAYS_INLINE void reset_back_row(const T* __restrict gates, const H* __restrict h, const T* __restrict outgoing,
                                  T* __restrict to_gates, H* __restrict to_h, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float g = widen(outgoing[i]);
        narrow(g * widen(h[i]), to_gates[i]);
        narrow(0.0f, to_gates[units + i]);
        narrow(g * widen(gates[i]), to_h[i]);
    }
}

// One row: the update gate keeps the state, the rest is the candidate.
template <class T, class H>
ALWAYS_INLINE void blend_row(const T* __restrict gates, const T* __restrict candidate, const H* __restrict h,
                             H* __restrict next, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float c = widen(candidate[i]);
        narrow(c + widen(gates[units + i]) * (widen(h[i]) - c), next[i]);
    }
}

template <class T, class H>
ALWAYS_INLINE void blend_back_row(const T* __restrict gates, const T* __restrict candidate, const H* __restrict h,
                                  const H* __restrict outgoing, T* __restrict to_gates, T* __restrict to_candidate,
                                  H* __restrict to_h, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float g = widen(outgoing[i]), update = widen(gates[units + i]);
        narrow(0.0f, to_gates[i]);
        narrow(g * (widen(h[i]) - widen(candidate[i])), to_gates[units + i]);
        narrow(g * (1 - update), to_candidate[i]);
        narrow(g * update, to_h[i]);
    }
}

// Of a block's row of [reset, candidate, update], each `units` long: the update gate lets the candidate in, and has 1
// taken from it (DreamerV3).
template <class T>
ALWAYS_INLINE GateValues block_gates_of(const T* parts, int64_t i, int64_t units) {
    float reset = sigmoid(widen(parts[i])), fresh = widen(parts[units + i]), candidate = tanh_of(reset * fresh);
    return {reset, sigmoid(widen(parts[2 * units + i]) - 1), candidate, fresh};
}

template <class T, class H>
ALWAYS_INLINE void block_row(const T* __restrict parts, const H* __restrict h, H* __restrict next, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        auto [reset, update, candidate, fresh] = block_gates_of(parts, i, units);
        float old = widen(h[i]);
        narrow(old + update * (candidate - old), next[i]);
    }
}

template <class T, class H>
ALWAYS_INLINE void block_back_row(const T* __restrict parts, const H* __restrict h, const H* __restrict outgoing,
                                  T* __restrict to_parts, H* __restrict to_h, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        auto [reset, update, candidate, fresh] = block_gates_of(parts, i, units);
        float g = widen(outgoing[i]), to_product = g * update * (1 - candidate * candidate);
        narrow(to_product * fresh * reset * (1 - reset), to_parts[i]);
        narrow(to_product * reset, to_parts[units + i]);
        narrow(g * (candidate - widen(h[i])) * update * (1 - update), to_parts[2 * units + i]);
        narrow(g * (1 - update), to_h[i]);
    }
}

FOR_EACH_PROCESSOR(gates_forward, forward_row)
FOR_EACH_PROCESSOR(gates_backward, backward_row)
FOR_EACH_PROCESSOR(reset_forward, reset_row)
FOR_EACH_PROCESSOR(reset_backward, reset_back_row)
FOR_EACH_PROCESSOR(blend_forward, blend_row)
FOR_EACH_PROCESSOR(blend_backward, blend_back_row)
FOR_EACH_PROCESSOR(block_forward, block_row)
FOR_EACH_PROCESSOR(block_backward, block_back_row)

template <int Parts>
struct StateForm {
    static constexpr int parts = Parts;
    static constexpr bool in_bfloat16 = true, as_parts = false;
    static Tensor result(const variable_list& inputs) { return at::empty_like(inputs.back()); }
};

struct Gates : StateForm<2> {
    template <class... Row> static void forward(Row... row) { gates_forward(row...); }
    template <class... Row> static void backward(Row... row) { gates_backward(row...); }
};

struct Reset : StateForm<1> {
    static constexpr bool as_parts = true;
    static Tensor result(const variable_list& inputs) {
        return at::empty(inputs.back().sizes(), inputs.front().options());
    }
    template <class... Row> static void forward(Row... row) { reset_forward(row...); }
    template <class... Row> static void backward(Row... row) { reset_backward(row...); }
};

struct Blend : StateForm<2> {
    template <class... Row> static void forward(Row... row) { blend_forward(row...); }
    template <class... Row> static void backward(Row... row) { blend_backward(row...); }
};

struct BlockGates : StateForm<1> {
    template <class... Row> static void forward(Row... row) { block_forward(row...); }
    template <class... Row> static void backward(Row... row) { block_backward(row...); }
};

bool alike(const Tensor& a, const Tensor& b) { return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes(); }

// (B, 3·D), (B, 3·D), (B, D) -> (B, D), in the state's type.
Tensor gru_gates(const Tensor& fromX, const Tensor& fromH, const Tensor& h) {
    if (gates_fit(fromX, h, 3) && alike(fromX, fromH)) return GatePass<Gates>::apply(fromX, fromH, h);
    auto x = fromX.to(h.scalar_type()).chunk(3, -1), r = fromH.to(h.scalar_type()).chunk(3, -1);
    auto reset = (x[0] + r[0]).sigmoid(), update = (x[1] + r[1]).sigmoid();
    auto candidate = (x[2] + reset * r[2]).tanh();
    return candidate + update * (h - candidate);
}

// Gates (B, 2·D) as reset, update; h (B, D) -> reset⊙h, in the gates' type.
Tensor gru_reset(const Tensor& gates, const Tensor& h) {
    if (gates_fit(gates, h, 2)) return GatePass<Reset>::apply(gates, h);
    return (gates.chunk(2, -1)[0] * h).to(gates.scalar_type());
}

// Gates as above, candidate (B, D), h (B, D) -> update⊙h + (1 − update)⊙candidate, in the state's type.
Tensor gru_blend(const Tensor& gates, const Tensor& candidate, const Tensor& h) {
    if (gates_fit(gates, h, 2) && gates.scalar_type() == candidate.scalar_type())
        return GatePass<Blend>::apply(gates, candidate, h);
    auto update = gates.chunk(2, -1)[1].to(h.scalar_type()), c = candidate.to(h.scalar_type());
    return c + update * (h - c);
}

// Parts (B, g, 3·D/g) as reset, candidate, update of each of g blocks, h (B, D) -> (B, D), in the state's type.
Tensor block_gates(const Tensor& parts, const Tensor& h) {
    if (own_kernels && parts.dim() == 3 && h.dim() == 2 && is_one_of(parts, {at::kFloat, at::kBFloat16}) &&
        is_one_of(h, {at::kFloat, parts.scalar_type()}) && parts.size(0) == h.size(0) &&
        parts.size(1) * parts.size(2) == 3 * h.size(1))
        return GatePass<BlockGates>::apply(parts, h);
    auto split = parts.to(h.scalar_type()).chunk(3, -1);
    auto old = h.reshape(split[0].sizes()), candidate = (split[0].sigmoid() * split[1]).tanh();
    return (old + (split[2] - 1).sigmoid() * (candidate - old)).reshape(h.sizes());
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("gru_gates(Tensor from_x, Tensor from_h, Tensor h) -> Tensor", &gru_gates);
    library.def("gru_reset(Tensor gates, Tensor h) -> Tensor", &gru_reset);
    library.def("gru_blend(Tensor gates, Tensor candidate, Tensor h) -> Tensor", &gru_blend);
    library.def("block_gates(Tensor parts, Tensor h) -> Tensor", &block_gates);
}
