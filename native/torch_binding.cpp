// The binding to libtorch: any ATen operator by its schema name, called with tagged values. Tensors themselves are in
// torch_tensors.cpp, random numbers in torch_generators.cpp, what holds for the process in torch_process.cpp. Nothing of it
// knows what the tensors are used for; it compiles against libtorch 1.13 and 2.x alike.
#include "torch_binding.h"
#include "torch_guard.h"
#include "torch_handles.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/version.h>

#include <string>
#include <vector>

namespace {

using at::Tensor;
using c10::IValue;
using reverie::borrow;
using reverie::give;

thread_local std::vector<rt_value> overflow;  // results beyond the caller's room, until it takes them

struct Operator {
    c10::OperatorHandle handle;
    std::vector<IValue> defaults;     // per argument; meaningful where has_default
    std::vector<bool> has_default;
};

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
        case RT_DEVICE: return IValue(reverie::device_of(static_cast<int>(value.i), value.count));
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
        throw std::invalid_argument("an operator returned a " + value.tagKind() + ", which the binding cannot carry");
    }
    out.push_back(result);
}

}  // namespace

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
