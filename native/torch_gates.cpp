// The gates of recurrent cells between and after their products, in one pass forwards and one backwards each (Cho et
// al. 2014): the form of cuDNN and Keras, where the reset gate multiplies the recurrent part of the candidate, and that of
// TensorFlow's GRUBlockCell, where it multiplies the state before the candidate's product. DreamerV3's,
// in blocks. And TensorFlow's LSTMCell.
#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace reverie;

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

// A block's row of [reset, candidate, update], each `units` long: the update gate lets the candidate in, and has 1 taken
// from it (DreamerV3).
template <class T, class H>
ALWAYS_INLINE void block_row(const T* __restrict parts, const H* __restrict h, H* __restrict next, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float candidate = tanh_of(sigmoid(widen(parts[i])) * widen(parts[units + i]));
        float update = sigmoid(widen(parts[2 * units + i]) - 1), old = widen(h[i]);
        narrow(old + update * (candidate - old), next[i]);
    }
}

template <class T, class H>
ALWAYS_INLINE void block_back_row(const T* __restrict parts, const H* __restrict h, const H* __restrict outgoing,
                                  T* __restrict to_parts, H* __restrict to_h, int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float reset = sigmoid(widen(parts[i])), raw = widen(parts[units + i]), candidate = tanh_of(reset * raw);
        float update = sigmoid(widen(parts[2 * units + i]) - 1), g = widen(outgoing[i]);
        float to_product = g * update * (1 - candidate * candidate);
        narrow(to_product * raw * reset * (1 - reset), to_parts[i]);
        narrow(to_product * reset, to_parts[units + i]);
        narrow(g * (candidate - widen(h[i])) * update * (1 - update), to_parts[2 * units + i]);
        narrow(g * (1 - update), to_h[i]);
    }
}

// An LSTM's row of [input, candidate, forget, output], each `units` long, and its memory c: [h', c'].
ALWAYS_INLINE void lstm_row(const float* __restrict gates, const float* __restrict c, float* __restrict next,
                            int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float memory = sigmoid(gates[2 * units + i] + 1) * c[i] + sigmoid(gates[i]) * tanh_of(gates[units + i]);
        next[i] = sigmoid(gates[3 * units + i]) * tanh_of(memory);
        next[units + i] = memory;
    }
}

ALWAYS_INLINE void lstm_back_row(const float* __restrict gates, const float* __restrict c,
                                 const float* __restrict outgoing, float* __restrict to_gates, float* __restrict to_c,
                                 int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        float input = sigmoid(gates[i]), candidate = tanh_of(gates[units + i]);
        float forget = sigmoid(gates[2 * units + i] + 1), output = sigmoid(gates[3 * units + i]);
        float shown = tanh_of(forget * c[i] + input * candidate);
        float to_memory = outgoing[units + i] + outgoing[i] * output * (1 - shown * shown);
        to_gates[i] = to_memory * candidate * input * (1 - input);
        to_gates[units + i] = to_memory * input * (1 - candidate * candidate);
        to_gates[2 * units + i] = to_memory * c[i] * forget * (1 - forget);
        to_gates[3 * units + i] = outgoing[i] * shown * output * (1 - output);
        to_c[i] = to_memory * forget;
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
FOR_EACH_PROCESSOR(lstm_forward, lstm_row)
FOR_EACH_PROCESSOR(lstm_backward, lstm_back_row)

template <class T>
T* row(const Tensor& t, int64_t n) { return static_cast<T*>(t.data_ptr()) + n * t.size(1); }

// Part b of row n of (N, g, ·), whatever the order of the first two in memory.
template <class T>
T* block(const Tensor& t, int64_t n, int64_t b) {
    return static_cast<T*>(t.data_ptr()) + n * t.stride(0) + b * t.stride(1);
}

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

// Calls work(n) for each row, on all threads.
template <class Row>
void over_rows(int64_t rows, Row work) {
    at::parallel_for(0, rows, 16, [&](int64_t first, int64_t last) {
        for (auto n = first; n < last; n++) work(n);
    });
}

// Calls with the types of parts and of state for each row n.
template <class Call>
void each_row(const Tensor& parts, const Tensor& state, Call call) {
    with_types(parts, state, [&](auto part, auto unit) {
        over_rows(state.size(0), [&](int64_t n) { call(part, unit, n); });
    });
}

bool gates_fit(const Tensor& parts, const Tensor& h, int64_t kinds) {
    return own_kernels && is_one_of(parts, {at::kFloat, at::kBFloat16}) && is_one_of(h, {at::kFloat, parts.scalar_type()}) &&
           parts.size(0) == h.size(0) && parts.size(1) == kinds * h.size(1);
}

bool alike(const Tensor& a, const Tensor& b) { return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes(); }

struct Gates : torch::autograd::Function<Gates> {
    static Tensor forward(AutogradContext* context, const Tensor& fromX, const Tensor& fromH, const Tensor& state) {
        auto x = fromX.contiguous(), r = fromH.contiguous(), h = state.contiguous(), next = at::empty_like(h);
        each_row(x, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            gates_forward(row<T>(x, n), row<T>(r, n), row<H>(h, n), row<H>(next, n), h.size(1));
        });
        context->save_for_backward({x, r, h});
        return next;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &x = saved[0], &r = saved[1], &h = saved[2];
        auto outgoing = gradients[0].contiguous();
        auto to_x = at::empty_like(x), to_r = at::empty_like(r), to_h = at::empty_like(h);
        each_row(x, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            gates_backward(row<T>(x, n), row<T>(r, n), row<H>(h, n), row<H>(outgoing, n), row<T>(to_x, n), row<T>(to_r, n),
                           row<H>(to_h, n), h.size(1));
        });
        return {to_x, to_r, to_h};
    }
};

struct Reset : torch::autograd::Function<Reset> {
    static Tensor forward(AutogradContext* context, const Tensor& both, const Tensor& state) {
        auto gates = both.contiguous(), h = state.contiguous(), kept = at::empty(h.sizes(), gates.options());
        each_row(gates, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            reset_forward(row<T>(gates, n), row<H>(h, n), row<T>(kept, n), h.size(1));
        });
        context->save_for_backward({gates, h});
        return kept;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &gates = saved[0], &h = saved[1];
        auto outgoing = gradients[0].contiguous();
        auto to_gates = at::empty_like(gates), to_h = at::empty_like(h);
        each_row(gates, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            reset_backward(row<T>(gates, n), row<H>(h, n), row<T>(outgoing, n), row<T>(to_gates, n), row<H>(to_h, n),
                           h.size(1));
        });
        return {to_gates, to_h};
    }
};

struct Blend : torch::autograd::Function<Blend> {
    static Tensor forward(AutogradContext* context, const Tensor& both, const Tensor& fresh, const Tensor& state) {
        auto gates = both.contiguous(), candidate = fresh.contiguous(), h = state.contiguous(), next = at::empty_like(h);
        each_row(gates, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            blend_forward(row<T>(gates, n), row<T>(candidate, n), row<H>(h, n), row<H>(next, n), h.size(1));
        });
        context->save_for_backward({gates, candidate, h});
        return next;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &gates = saved[0], &candidate = saved[1], &h = saved[2];
        auto outgoing = gradients[0].contiguous();
        auto to_gates = at::empty_like(gates), to_candidate = at::empty_like(candidate), to_h = at::empty_like(h);
        each_row(gates, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            blend_backward(row<T>(gates, n), row<T>(candidate, n), row<H>(h, n), row<H>(outgoing, n), row<T>(to_gates, n),
                           row<T>(to_candidate, n), row<H>(to_h, n), h.size(1));
        });
        return {to_gates, to_candidate, to_h};
    }
};

struct BlockGates : torch::autograd::Function<BlockGates> {
    static Tensor forward(AutogradContext* context, const Tensor& given, const Tensor& state) {
        auto parts = given.stride(2) == 1 ? given : given.contiguous(), h = state.contiguous(), next = at::empty_like(h);
        auto blocks = parts.size(1), units = h.size(1) / blocks;
        each_row(parts, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            for (int64_t b = 0; b < blocks; b++)
                block_forward(block<T>(parts, n, b), row<H>(h, n) + b * units, row<H>(next, n) + b * units, units);
        });
        context->save_for_backward({parts, h});
        return next;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &parts = saved[0], &h = saved[1];
        // As the parts lie where they have no gaps: as the product wants its gradient.
        auto outgoing = gradients[0].contiguous(), to_parts = at::empty_like(parts), to_h = at::empty_like(h);
        auto blocks = parts.size(1), units = h.size(1) / blocks;
        each_row(parts, h, [&](auto part, auto unit, int64_t n) {
            using T = decltype(part);
            using H = decltype(unit);
            for (int64_t b = 0; b < blocks; b++)
                block_backward(block<T>(parts, n, b), row<H>(h, n) + b * units, row<H>(outgoing, n) + b * units,
                               block<T>(to_parts, n, b), row<H>(to_h, n) + b * units, units);
        });
        return {to_parts, to_h};
    }
};

struct Lstm : torch::autograd::Function<Lstm> {
    static Tensor forward(AutogradContext* context, const Tensor& four, const Tensor& memory) {
        auto gates = four.contiguous(), c = memory.contiguous(), next = at::empty({c.size(0), 2 * c.size(1)}, c.options());
        over_rows(c.size(0), [&](int64_t n) {
            lstm_forward(row<float>(gates, n), row<float>(c, n), row<float>(next, n), c.size(1));
        });
        context->save_for_backward({gates, c});
        return next;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        auto saved = context->get_saved_variables();
        const auto &gates = saved[0], &c = saved[1];
        auto outgoing = gradients[0].contiguous(), to_gates = at::empty_like(gates), to_c = at::empty_like(c);
        over_rows(c.size(0), [&](int64_t n) {
            lstm_backward(row<float>(gates, n), row<float>(c, n), row<float>(outgoing, n), row<float>(to_gates, n),
                          row<float>(to_c, n), c.size(1));
        });
        return {to_gates, to_c};
    }
};

// (B, 3·D), (B, 3·D), (B, D) -> (B, D), in the state's type.
Tensor gru_gates(const Tensor& fromX, const Tensor& fromH, const Tensor& h) {
    if (gates_fit(fromX, h, 3) && alike(fromX, fromH)) return Gates::apply(fromX, fromH, h);
    auto x = fromX.to(h.scalar_type()).chunk(3, -1), r = fromH.to(h.scalar_type()).chunk(3, -1);
    auto reset = (x[0] + r[0]).sigmoid(), update = (x[1] + r[1]).sigmoid();
    auto candidate = (x[2] + reset * r[2]).tanh();
    return candidate + update * (h - candidate);
}

// Gates (B, 2·D) as reset, update; h (B, D) -> reset⊙h, in the gates' type.
Tensor gru_reset(const Tensor& gates, const Tensor& h) {
    if (gates_fit(gates, h, 2)) return Reset::apply(gates, h);
    return (gates.chunk(2, -1)[0] * h).to(gates.scalar_type());
}

// Gates as above, candidate (B, D), h (B, D) -> update⊙h + (1 − update)⊙candidate, in the state's type.
Tensor gru_blend(const Tensor& gates, const Tensor& candidate, const Tensor& h) {
    if (gates_fit(gates, h, 2) && gates.scalar_type() == candidate.scalar_type()) return Blend::apply(gates, candidate, h);
    auto update = gates.chunk(2, -1)[1].to(h.scalar_type()), c = candidate.to(h.scalar_type());
    return c + update * (h - c);
}

// Parts (B, g, 3·D/g) as reset, candidate, update of each of g blocks, h (B, D) -> (B, D), in the state's type.
Tensor block_gates(const Tensor& parts, const Tensor& h) {
    if (own_kernels && parts.dim() == 3 && is_one_of(h, {at::kFloat, parts.scalar_type()}) && parts.is_cpu() &&
        (parts.scalar_type() == at::kFloat || parts.scalar_type() == at::kBFloat16) && parts.size(0) == h.size(0) &&
        parts.size(1) * parts.size(2) == 3 * h.size(1))
        return BlockGates::apply(parts, h);
    auto split = parts.to(h.scalar_type()).chunk(3, -1);
    auto old = h.reshape(split[0].sizes()), candidate = (split[0].sigmoid() * split[1]).tanh();
    return (old + (split[2] - 1).sigmoid() * (candidate - old)).reshape(h.sizes());
}

// Gates (B, 4·D) as input, candidate, forget, output; c (B, D) -> [h', c'] (B, 2·D), in the memory's type. The forget
// gate has 1 added to it.
Tensor lstm_gates(const Tensor& gates, const Tensor& c) {
    if (gates_fit(gates, c, 4) && gates.scalar_type() == at::kFloat) return Lstm::apply(gates, c);
    auto parts = gates.to(c.scalar_type()).chunk(4, -1);
    auto memory = (parts[2] + 1).sigmoid() * c + parts[0].sigmoid() * parts[1].tanh();
    return at::cat({parts[3].sigmoid() * memory.tanh(), memory}, -1);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("gru_gates(Tensor from_x, Tensor from_h, Tensor h) -> Tensor", &gru_gates);
    library.def("gru_reset(Tensor gates, Tensor h) -> Tensor", &gru_reset);
    library.def("gru_blend(Tensor gates, Tensor candidate, Tensor h) -> Tensor", &gru_blend);
    library.def("block_gates(Tensor parts, Tensor h) -> Tensor", &block_gates);
    library.def("lstm_gates(Tensor gates, Tensor c) -> Tensor", &lstm_gates);
}
