// The C interface of the binding to libtorch. A tensor is a counted pointer (at::TensorImpl*): what is returned belongs to
// the caller until rt_free; what is given stays the caller's. Every function that can fail returns a negative
// number and leaves its reason in rt_error() of the same thread.
#pragma once
#include <stdint.h>

#define RT_API extern "C" __attribute__((visibility("default")))
#define RT_ABI 6

enum rt_tag : int32_t {
    RT_NONE, RT_TENSOR, RT_INT, RT_DOUBLE, RT_BOOL, RT_INTS, RT_TENSORS, RT_DOUBLES, RT_OPTIONAL_TENSORS,
    RT_GENERATOR, RT_STRING, RT_DEVICE, RT_BOOLS
};

// One argument or result: what it is, how many (lists, strings; device index), and the value or a pointer to values.
struct rt_value {
    int32_t tag;
    int32_t count;
    union { int64_t i; double d; void* p; };
};
static_assert(sizeof(rt_value) == 16, "the managed side relies on 16 bytes");
