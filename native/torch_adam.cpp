// Adam over a list of parameters in one call: on a processor in one pass over memory, on a device in a dozen kernels.
// The schedule is [size, ε] of the step, float64; scale a scalar; both lie where the parameters are.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>

#include "torch_one_pass.h"
#include "torch_processors.h"
#include "torch_scalars.h"

namespace {

using at::Tensor;
using namespace reverie;

struct Step {
    float scale, size, beta1, beta2, epsilon, keep;
};

ALWAYS_INLINE void adam_row(float* __restrict parameter, const float* __restrict gradient, float* __restrict first,
                            float* __restrict second, int64_t count, const Step& step) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        float g = gradient[i] * step.scale;
        float m = step.beta1 * first[i] + (1 - step.beta1) * g;
        float v = step.beta2 * second[i] + (1 - step.beta2) * g * g;
        first[i] = m;
        second[i] = v;
        parameter[i] = step.keep * parameter[i] - step.size * m / (std::sqrt(v) + step.epsilon);
    }
}

FOR_EACH_PROCESSOR(adam_rows, adam_row)

// θ ← keep·θ − size·m/(√v + ε) with m, v the moments of scale·gradient.
void adam_(at::TensorList parameters, at::TensorList gradients, at::TensorList first, at::TensorList second,
           const Tensor& scale, const Tensor& schedule, double beta1, double beta2, double keep) {
    at::NoGradGuard no_grad;
    auto size = schedule[0].item<double>(), epsilon = schedule[1].item<double>();
    for (size_t k = 0; k < parameters.size(); k++) {
        auto parameter = parameters[k], m = first[k], v = second[k];
        if (!fits_one_pass(parameter, m, v)) {
            auto g = gradients[k] * scale.to(gradients[k].scalar_type());
            m.mul_(beta1).add_(g, 1 - beta1);
            v.mul_(beta2).addcmul_(g, g, 1 - beta2);
            parameter.mul_(keep).addcdiv_(m, v.sqrt().add_(epsilon), -size);
            continue;
        }
        auto g = laid_out_as(parameter, gradients[k]);
        Step step{scale.item<float>(), static_cast<float>(size), static_cast<float>(beta1), static_cast<float>(beta2),
                  static_cast<float>(epsilon), static_cast<float>(keep)};
        auto p = parameter.data_ptr<float>(), mp = m.data_ptr<float>(), vp = v.data_ptr<float>(), gp = g.data_ptr<float>();
        at::parallel_for(0, parameter.numel(), elements_at_once, [&](int64_t begin, int64_t end) {
            adam_rows(p + begin, gp + begin, mp + begin, vp + begin, end - begin, step);
        });
    }
}

// The same with all moments in one tensor each, in the order of the parameters. Reads nothing on the host.
void adam_together_(at::TensorList parameters, at::TensorList gradients, Tensor first, Tensor second, const Tensor& scale,
                    const Tensor& schedule, double beta1, double beta2, double keep) {
    at::NoGradGuard no_grad;
    auto g = in_one_row(gradients).to(first.scalar_type()).mul_(scale);
    first.mul_(beta1).add_(g, 1 - beta1);
    second.mul_(beta2).addcmul_(g, g, 1 - beta2);
    auto step = (first / second.sqrt().add_(schedule[1])).mul_(schedule[0]);
    if (keep != 1) at::_foreach_mul_(parameters, keep);
    at::_foreach_sub_(parameters, parts_of(step, parameters));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def(
        "adam_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] first, Tensor(c!)[] second, Tensor scale, "
        "Tensor schedule, float beta1, float beta2, float keep) -> ()",
        &adam_);
    library.def(
        "adam_together_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!) first, Tensor(c!) second, Tensor scale, "
        "Tensor schedule, float beta1, float beta2, float keep) -> ()",
        &adam_together_);
}
