// Tensors of the binding to libtorch: owners, what they are, copies in and out, gradients.
#include "torch_binding.h"
#include "torch_guard.h"
#include "torch_handles.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

using at::Tensor;
using reverie::borrow;
using reverie::give;

int64_t count_bytes(const Tensor& tensor) {
    return static_cast<int64_t>(tensor.numel()) * static_cast<int64_t>(tensor.element_size());
}

}  // namespace

RT_API void rt_free(void** tensors, int count) noexcept {
    for (int i = 0; i < count; i++)
        if (tensors[i]) reverie::Counted::reclaim(static_cast<at::TensorImpl*>(tensors[i]));
}

// Another owner of the same tensor.
RT_API void* rt_share(void* tensor) noexcept { return give(borrow(tensor)); }

// Writes the sizes and returns their number; dtype, device type and device index go to `kind[0..2]`, then
// requires_grad and is_contiguous.
RT_API int rt_describe(void* tensor, int64_t* sizes, int room, int32_t* kind) noexcept {
    return guarded([&] {
        auto t = borrow(tensor);
        int dims = static_cast<int>(t.dim());
        for (int i = 0; i < dims && i < room; i++) sizes[i] = t.size(i);
        kind[0] = static_cast<int32_t>(t.scalar_type());
        kind[1] = static_cast<int32_t>(t.device().type());
        kind[2] = t.device().index();
        kind[3] = t.requires_grad();
        kind[4] = t.is_contiguous();
        return dims;
    });
}

// A tensor with a copy of `data` (`bytes` long, row-major) on the device.
RT_API void* rt_from_data(const void* data, int64_t bytes, int dtype, const int64_t* sizes, int dims, int device_type,
                          int device_index) noexcept {
    void* made = nullptr;
    guarded([&] {
        auto type = static_cast<at::ScalarType>(dtype);
        auto host = at::empty(at::IntArrayRef(sizes, dims), at::TensorOptions().dtype(type));
        if (count_bytes(host) != bytes)
            throw std::invalid_argument("from_data: " + std::to_string(bytes) + " bytes given, " +
                                        std::to_string(count_bytes(host)) + " needed");
        if (bytes > 0) std::memcpy(host.data_ptr(), data, bytes);
        auto device = reverie::device_of(device_type, device_index);
        made = give(device.is_cpu() ? host : host.to(device));
        return 0;
    });
    return made;
}

// Copies the elements, row-major, to host memory.
RT_API int rt_to_data(void* tensor, void* data, int64_t bytes) noexcept {
    return guarded([&] {
        auto host = borrow(tensor).detach().to(at::kCPU).contiguous();
        if (count_bytes(host) != bytes)
            throw std::invalid_argument("to_data: room for " + std::to_string(bytes) + " bytes, " +
                                        std::to_string(count_bytes(host)) + " needed");
        if (bytes > 0) std::memcpy(data, host.data_ptr(), bytes);
        return 0;
    });
}

RT_API int rt_set_requires_grad(void* tensor, int required) noexcept {
    return guarded([&] {
        borrow(tensor).set_requires_grad(required != 0);
        return 0;
    });
}

RT_API int rt_set_grad_mode(int enabled) noexcept {
    int before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enabled != 0);
    return before;
}

// Gradients of a scalar with respect to `count` tensors and to nothing else; null where it does not depend on one.
RT_API int rt_grad(void* loss, void** inputs, int count, int keep_graph, void** gradients) noexcept {
    return guarded([&] {
        std::vector<Tensor> wanted;
        wanted.reserve(count);
        for (int i = 0; i < count; i++) wanted.push_back(borrow(inputs[i]));
        auto found = torch::autograd::grad({borrow(loss)}, wanted, {}, keep_graph != 0, false, true);
        for (int i = 0; i < count; i++) gradients[i] = give(std::move(found[i]));
        return 0;
    });
}
