// RMSProp over a list of parameters in one call, on a processor in one pass over memory. The schedule is [size, unused] of the
// step, float64; scale a scalar; both lie where the parameters are.
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
    float scale, size, decay, rest, epsilon;
};

// Each product and sum is rounded as ATen's operators round it, one after the other.
ALWAYS_INLINE void rmsprop_row(float* __restrict parameter, const float* __restrict gradient, float* __restrict second,
                               int64_t count, const Step& step) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        float g = gradient[i] * step.scale;
        float v = second[i] * step.decay + (g * g) * step.rest;
        second[i] = v;
        parameter[i] = parameter[i] - g / std::sqrt(v + step.epsilon) * step.size;
    }
}

FOR_EACH_PROCESSOR(rmsprop_rows, rmsprop_row)

// θ ← θ − size·g/√(v + ε) with v the mean of g², g the gradient times scale.
void rmsprop_(at::TensorList parameters, at::TensorList gradients, at::TensorList second, const Tensor& scale,
              const Tensor& schedule, double decay, double epsilon) {
    at::NoGradGuard no_grad;
    if (parameters.empty()) return;
    Step step{};
    if (parameters[0].is_cpu())
        step = {scale.item<float>(), static_cast<float>(schedule[0].item<double>()), static_cast<float>(decay),
                static_cast<float>(1 - decay), static_cast<float>(epsilon)};
    for (size_t k = 0; k < parameters.size(); k++) {
        auto parameter = parameters[k], v = second[k];
        if (!fits_one_pass(parameter, v, v)) {
            auto g = gradients[k] * scale.to(parameter.scalar_type());
            v.copy_(v * decay + g.square() * (1 - decay));
            parameter.sub_(g / (v + epsilon).sqrt() * schedule[0].to(parameter.scalar_type()));
            continue;
        }
        auto g = laid_out_as(parameter, gradients[k]);
        auto p = parameter.data_ptr<float>(), vp = v.data_ptr<float>(), gp = g.data_ptr<float>();
        at::parallel_for(0, parameter.numel(), elements_at_once, [&](int64_t begin, int64_t end) {
            rmsprop_rows(p + begin, gp + begin, vp + begin, end - begin, step);
        });
    }
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(reverie, library) {
    library.def(
        "rmsprop_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] second, Tensor scale, Tensor schedule, "
        "float decay, float epsilon) -> ()",
        &rmsprop_);
}
