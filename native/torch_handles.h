// Tensors as the pointers that cross the C interface.
#pragma once
#include <ATen/ATen.h>

#include <cstdint>

namespace reverie {

using Counted = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;

// A tensor that the caller goes on owning.
inline at::Tensor borrow(void* pointer) {
    if (!pointer) return at::Tensor();
    return at::Tensor(Counted::reclaim_copy(static_cast<at::TensorImpl*>(pointer)));
}

// One that belongs to the caller from now on; null for an undefined one.
inline void* give(const at::Tensor& tensor) {
    return tensor.defined() ? at::Tensor(tensor).unsafeReleaseTensorImpl() : nullptr;
}

inline void* give(at::Tensor&& tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

inline at::Device device_of(int type, int index) {
    return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

}  // namespace reverie
