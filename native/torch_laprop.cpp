// LaProp over a list of parameters in one call: on a processor in one pass over memory, on a device in two dozen kernels.
// The schedule is [size, correction] of the step, float64; scales are those of each parameter's gradient; both lie where
// the parameters are.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>
#include <limits>

#include "torch_one_pass.h"
#include "torch_processors.h"
#include "torch_scalars.h"

namespace {

using at::Tensor;
using namespace reverie;

struct Step {
    float scale, size, correction, beta1, beta2, rest1, rest2, epsilon;
};

// Where its part of v would be less than the smallest normal number, a gradient counts as 0. Else v could be 0 where the
// gradient is not, and their quotient g/ε, which goes up to 340 where such numbers are flushed to zero.
ALWAYS_INLINE void laprop_row(float* __restrict parameter, const float* __restrict gradient, float* __restrict first,
                              float* __restrict second, int64_t count, const Step& step) {
    constexpr float least = std::numeric_limits<float>::min();
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        float g = gradient[i] * step.scale;
        float square = step.rest2 * g * g;
        bool lost = square < least;                     // what is not a number is not lost
        float v = step.beta2 * second[i] + (lost ? 0.0f : square);
        float u = (lost ? 0.0f : g) / (std::sqrt(v * step.correction) + step.epsilon);
        float m = step.beta1 * first[i] + step.rest1 * u;
        first[i] = m;
        second[i] = v;
        parameter[i] = parameter[i] - step.size * m;
    }
}

FOR_EACH_PROCESSOR(laprop_rows, laprop_row)

// The same of the moments by ATen's operators.
void move_moments_(Tensor g, Tensor& m, Tensor& v, const Tensor& correction, double beta1, double beta2, double epsilon) {
    double least = g.scalar_type() == at::kDouble ? std::numeric_limits<double>::min() : std::numeric_limits<float>::min();
    auto square = (g * (1 - beta2)).mul_(g);
    auto lost = square.lt(least);
    v.mul_(beta2).add_(square.masked_fill_(lost, 0));
    m.mul_(beta1).add_(g.masked_fill(lost, 0).div_((v * correction).sqrt_().add_(epsilon)), 1 - beta1);
}

// θ ← θ − size·m with m the mean of g/(√(correction·v) + ε) and v that of g², g the gradient times its scale.
void laprop_(at::TensorList parameters, at::TensorList gradients, at::TensorList first, at::TensorList second,
             const Tensor& scales, const Tensor& schedule, double beta1, double beta2, double epsilon) {
    at::NoGradGuard no_grad;
    auto size = schedule[0].item<double>(), correction = schedule[1].item<double>();
    auto scale = scales.to(at::kFloat).contiguous();
    for (size_t k = 0; k < parameters.size(); k++) {
        auto parameter = parameters[k], m = first[k], v = second[k];
        if (!fits_one_pass(parameter, m, v)) {
            move_moments_(gradients[k] * scales[k], m, v, schedule[1], beta1, beta2, epsilon);
            parameter.sub_(m, size);
            continue;
        }
        auto g = laid_out_as(parameter, gradients[k]);
        Step step{scale.data_ptr<float>()[k],     static_cast<float>(size),      static_cast<float>(correction),
                  static_cast<float>(beta1),      static_cast<float>(beta2),     static_cast<float>(1 - beta1),
                  static_cast<float>(1 - beta2),  static_cast<float>(epsilon)};
        auto p = parameter.data_ptr<float>(), mp = m.data_ptr<float>(), vp = v.data_ptr<float>(), gp = g.data_ptr<float>();
        at::parallel_for(0, parameter.numel(), elements_at_once, [&](int64_t begin, int64_t end) {
            laprop_rows(p + begin, gp + begin, mp + begin, vp + begin, end - begin, step);
        });
    }
}

// The same with all moments in one tensor each, in the order of the parameters; owners says for each element of those
// which parameter it belongs to. Reads nothing on the host.
void laprop_together_(at::TensorList parameters, at::TensorList gradients, Tensor first, Tensor second,
                      const Tensor& owners, const Tensor& scales, const Tensor& schedule, double beta1, double beta2,
                      double epsilon) {
    at::NoGradGuard no_grad;
    auto g = in_one_row(gradients).to(first.scalar_type());
    g.mul_(scales.to(first.scalar_type()).index_select(0, owners));
    move_moments_(g, first, second, schedule[1], beta1, beta2, epsilon);
    at::_foreach_sub_(parameters, parts_of(first * schedule[0], parameters));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def(
        "laprop_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] first, Tensor(c!)[] second, Tensor scales, "
        "Tensor schedule, float beta1, float beta2, float epsilon) -> ()",
        &laprop_);
    library.def(
        "laprop_together_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!) first, Tensor(c!) second, "
        "Tensor owners, Tensor scales, Tensor schedule, float beta1, float beta2, float epsilon) -> ()",
        &laprop_together_);
}
