// The gates of TensorFlow's LSTMCell after its product, in one pass forwards and one backwards.
#include "torch_gates.h"

#include <torch/library.h>

namespace {

using at::Tensor;
using torch::autograd::variable_list;
using namespace reverie;

struct GateValues {
    float input, candidate, forget, output, memory, shown;      // `shown`: what the output gate multiplies
};

// Of a row of [input, candidate, forget, output], each `units` long, and its memory c.
ALWAYS_INLINE GateValues gates_of(const float* gates, const float* c, int64_t i, int64_t units) {
    float input = sigmoid(gates[i]), candidate = tanh_of(gates[units + i]);
    float forget = sigmoid(gates[2 * units + i] + 1), output = sigmoid(gates[3 * units + i]);
    float memory = forget * c[i] + input * candidate;
    return {input, candidate, forget, output, memory, tanh_of(memory)};
}

// To [h', c'].
ALWAYS_INLINE void lstm_row(const float* __restrict gates, const float* __restrict c, float* __restrict next,
                            int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        auto [input, candidate, forget, output, memory, shown] = gates_of(gates, c, i, units);
        next[i] = output * shown;
        next[units + i] = memory;
    }
}

ALWAYS_INLINE void lstm_back_row(const float* __restrict gates, const float* __restrict c,
                                 const float* __restrict outgoing, float* __restrict to_gates, float* __restrict to_c,
                                 int64_t units) {
#pragma GCC ivdep
    for (int64_t i = 0; i < units; i++) {
        auto [input, candidate, forget, output, memory, shown] = gates_of(gates, c, i, units);
        float to_memory = outgoing[units + i] + outgoing[i] * output * (1 - shown * shown);
        to_gates[i] = to_memory * candidate * input * (1 - input);
        to_gates[units + i] = to_memory * input * (1 - candidate * candidate);
        to_gates[2 * units + i] = to_memory * c[i] * forget * (1 - forget);
        to_gates[3 * units + i] = outgoing[i] * shown * output * (1 - output);
        to_c[i] = to_memory * forget;
    }
}

FOR_EACH_PROCESSOR(lstm_forward, lstm_row)
FOR_EACH_PROCESSOR(lstm_backward, lstm_back_row)

struct Lstm {
    static constexpr int parts = 1;
    static constexpr bool in_bfloat16 = false, as_parts = false;
    static Tensor result(const variable_list& inputs) {
        const auto& c = inputs.back();
        return at::empty({c.size(0), 2 * c.size(1)}, c.options());
    }
    template <class... Row> static void forward(Row... row) { lstm_forward(row...); }
    template <class... Row> static void backward(Row... row) { lstm_backward(row...); }
};

// Gates (B, 4·D) as input, candidate, forget, output; c (B, D) -> [h', c'] (B, 2·D), in the memory's type. The forget
// gate has 1 added to it.
Tensor lstm_gates(const Tensor& gates, const Tensor& c) {
    if (gates_fit(gates, c, 4) && gates.scalar_type() == at::kFloat) return GatePass<Lstm>::apply(gates, c);
    auto parts = gates.to(c.scalar_type()).chunk(4, -1);
    auto memory = (parts[2] + 1).sigmoid() * c + parts[0].sigmoid() * parts[1].tanh();
    return at::cat({parts[3].sigmoid() * memory.tanh(), memory}, -1);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def("lstm_gates(Tensor gates, Tensor c) -> Tensor", &lstm_gates);
}
