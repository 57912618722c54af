// The torch door: any ATen operator by its schema name, autograd, generators, memory. Nothing here knows what the
// tensors are used for; it compiles against libtorch 1.13 and 2.x alike.
#include "torch_choice.h"
#include "torch_door.h"
#include "torch_guard.h"
#include "torch_processors.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <malloc.h>

#include <cstring>
#include <string>
#include <vector>

thread_local std::string last_error;

namespace {

using at::Tensor;
using c10::IValue;

thread_local std::vector<rt_value> overflow;  // results beyond the caller's room, until it takes them

struct Operator {
    c10::OperatorHandle handle;
    std::vector<IValue> defaults;     // per argument; meaningful where has_default
    std::vector<bool> has_default;
};

using Counted = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;

Tensor borrow(void* pointer) {
    if (!pointer) return Tensor();
    return Tensor(Counted::reclaim_copy(static_cast<at::TensorImpl*>(pointer)));
}

void* give(const Tensor& tensor) {
    return tensor.defined() ? Tensor(tensor).unsafeReleaseTensorImpl() : nullptr;
}

void* give(Tensor&& tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

IValue to_ivalue(const rt_value& value) {
    switch (value.tag) {
        case RT_NONE: return IValue();
        case RT_TENSOR: return IValue(borrow(value.p));
        case RT_INT: return IValue(value.i);
        case RT_DOUBLE: return IValue(value.d);
        case RT_BOOL: return IValue(value.i != 0);
        case RT_INTS: {
            auto first = static_cast<const int64_t*>(value.p);
            return IValue(c10::List<int64_t>(c10::IntArrayRef(first, value.count)));
        }
        case RT_DOUBLES: {
            auto first = static_cast<const double*>(value.p);
            return IValue(c10::List<double>(c10::ArrayRef<double>(first, value.count)));
        }
        case RT_TENSORS: {
            c10::List<Tensor> list;
            list.reserve(value.count);
            for (int i = 0; i < value.count; i++) list.push_back(borrow(static_cast<void**>(value.p)[i]));
            return IValue(std::move(list));
        }
        case RT_OPTIONAL_TENSORS: {
            c10::List<c10::optional<Tensor>> list;
            list.reserve(value.count);
            for (int i = 0; i < value.count; i++) {
                auto pointer = static_cast<void**>(value.p)[i];
                list.push_back(pointer ? c10::optional<Tensor>(borrow(pointer)) : c10::optional<Tensor>());
            }
            return IValue(std::move(list));
        }
        case RT_BOOLS: {
            c10::List<bool> list;
            for (int i = 0; i < value.count; i++) list.push_back(static_cast<const int64_t*>(value.p)[i] != 0);
            return IValue(std::move(list));
        }
        case RT_GENERATOR: return IValue(*static_cast<at::Generator*>(value.p));
        case RT_STRING: return IValue(std::string(static_cast<const char*>(value.p), value.count));
        case RT_DEVICE:
            return IValue(c10::Device(static_cast<c10::DeviceType>(value.i), static_cast<c10::DeviceIndex>(value.count)));
        default: throw std::invalid_argument("unknown tag of an argument: " + std::to_string(value.tag));
    }
}

void append(IValue&& value, std::vector<rt_value>& out) {
    rt_value result{};
    if (value.isTensor()) {
        result.p = give(std::move(value).toTensor());
        result.tag = result.p ? RT_TENSOR : RT_NONE;
    } else if (value.isTensorList()) {
        for (const Tensor& tensor : value.toTensorList()) {
            rt_value item{};
            item.tag = RT_TENSOR;
            item.p = give(tensor);
            out.push_back(item);
        }
        return;
    } else if (value.isInt()) {
        result.tag = RT_INT;
        result.i = value.toInt();
    } else if (value.isDouble()) {
        result.tag = RT_DOUBLE;
        result.d = value.toDouble();
    } else if (value.isBool()) {
        result.tag = RT_BOOL;
        result.i = value.toBool();
    } else if (value.isScalar()) {
        result.tag = RT_DOUBLE;
        result.d = value.toScalar().toDouble();
    } else if (!value.isNone()) {
        throw std::invalid_argument("an operator returned a " + value.tagKind() + ", which the door cannot carry");
    }
    out.push_back(result);
}

int64_t count_bytes(const Tensor& tensor) {
    return static_cast<int64_t>(tensor.numel()) * static_cast<int64_t>(tensor.element_size());
}

}  // namespace

RT_API int rt_abi() noexcept { return RT_ABI; }
RT_API const char* rt_error() noexcept { return last_error.c_str(); }
RT_API const char* rt_version() noexcept { return TORCH_VERSION; }

// Keeps freed memory in the process: giving large blocks back costs a page fault per 4 KiB when they are next needed.
RT_API void rt_keep_memory() noexcept {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 2147483647);
    mallopt(M_TOP_PAD, 64 << 20);
}

// Finds an operator, "aten::add" with overload "Tensor"; null where this libtorch has none.
RT_API void* rt_operator(const char* name, const char* overload) noexcept {
    void* found = nullptr;
    guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!handle) throw std::invalid_argument(std::string("libtorch " TORCH_VERSION " has no operator ") + name + "." + overload);
        auto op = new Operator{*handle, {}, {}};
        for (const auto& argument : handle->schema().arguments()) {
            op->has_default.push_back(argument.default_value().has_value());
            op->defaults.push_back(argument.default_value().has_value() ? *argument.default_value() : IValue());
        }
        found = op;
        return 0;
    });
    return found;
}

// Calls an operator; trailing arguments that are left out take the schema's defaults, lists of tensors are laid out
// flat. Returns the number of results: beyond `room` none is written, rt_take_results fetches them all.
RT_API int rt_call(void* op, const rt_value* arguments, int count, rt_value* results, int room) noexcept {
    return guarded([&] {
        auto& target = *static_cast<Operator*>(op);
        torch::jit::Stack stack;
        stack.reserve(target.defaults.size());
        for (int i = 0; i < count; i++) stack.push_back(to_ivalue(arguments[i]));
        for (size_t i = count; i < target.defaults.size(); i++) {
            if (!target.has_default[i])
                throw std::invalid_argument(target.handle.schema().name() + ": argument " + std::to_string(i) + " is missing");
            stack.push_back(target.defaults[i]);
        }
        target.handle.callBoxed(&stack);
        if (stack.size() == 1 && stack[0].isTensor() && room > 0) {
            results[0] = rt_value{};
            results[0].p = give(std::move(stack[0]).toTensor());
            results[0].tag = results[0].p ? RT_TENSOR : RT_NONE;
            return 1;
        }
        std::vector<rt_value> all;
        for (auto& value : stack) append(std::move(value), all);
        if (static_cast<int>(all.size()) <= room)
            std::copy(all.begin(), all.end(), results);
        else
            overflow = all;
        return static_cast<int>(all.size());
    });
}

RT_API void rt_take_results(rt_value* results) noexcept {
    std::copy(overflow.begin(), overflow.end(), results);
    overflow.clear();
}

RT_API void rt_free(void** tensors, int count) noexcept {
    for (int i = 0; i < count; i++)
        if (tensors[i]) Counted::reclaim(static_cast<at::TensorImpl*>(tensors[i]));
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
        auto device = at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
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

RT_API void* rt_generator(int device_type, int device_index, uint64_t seed) noexcept {
    void* made = nullptr;
    guarded([&] {
        auto device = at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
        // Trap: what clone() returns is never freed, as it is made without the weak count that the last owner waits for.
        auto generator = device.is_cpu() ? at::detail::createCPUGenerator(seed)
                                         : at::globalContext().defaultGenerator(device).clone();
        generator.set_current_seed(seed);
        made = new at::Generator(std::move(generator));
        return 0;
    });
    return made;
}

// The device's own generator, the only one that libtorch of every version lets a graph draw from.
RT_API void* rt_generator_default(int device_type, int device_index) noexcept {
    void* found = nullptr;
    guarded([&] {
        auto device = at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
        found = new at::Generator(at::globalContext().defaultGenerator(device));
        return 0;
    });
    return found;
}

RT_API void rt_generator_free(void* generator) noexcept { delete static_cast<at::Generator*>(generator); }

RT_API void* rt_generator_state(void* generator) noexcept {
    void* state = nullptr;
    guarded([&] {
        state = give(static_cast<at::Generator*>(generator)->get_state());
        return 0;
    });
    return state;
}

RT_API int rt_generator_set_state(void* generator, void* state) noexcept {
    return guarded([&] {
        static_cast<at::Generator*>(generator)->set_state(borrow(state));
        return 0;
    });
}

RT_API int rt_threads(int count) noexcept {
    return guarded([&] {
        if (count > 0) at::set_num_threads(count);
        return at::get_num_threads();
    });
}

// Before the first operator: what kernels may use, in the order of reverie::Level.
RT_API void rt_level(int level) noexcept { reverie::level = static_cast<reverie::Level>(level); }

RT_API int rt_own_kernels(int use) noexcept {
    if (use >= 0) reverie::own_kernels = use != 0;
    return reverie::own_kernels;
}

RT_API int rt_cuda_devices() noexcept {
    return guarded([] { return at::hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0; });
}
