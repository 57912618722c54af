// What of the binding to libtorch holds for the whole process: its version, the texts of errors, memory, threads, what
// kernels may use.
#include "torch_binding.h"
#include "torch_choice.h"
#include "torch_guard.h"
#include "torch_processors.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <malloc.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <string>

thread_local std::string last_error;

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

RT_API int rt_threads(int count) noexcept {
    return guarded([&] {
        if (count > 0) at::set_num_threads(count);
        return at::get_num_threads();
    });
}

// Of the calling thread's operators alone. at::set_num_threads throws away all pools that libtorch has, some of which its
// operators here never use, and the threads of a new one spin for milliseconds on cores that others need. It is left for
// where libtorch brings an OpenMP of its own.
RT_API int rt_thread_limit(int count) noexcept {
    return guarded([&] {
        at::get_num_threads();          // a thread takes that of the process at its first question, and not later
#ifdef _OPENMP
        omp_set_num_threads(count);
#endif
        if (at::get_num_threads() != count) at::set_num_threads(count);
        return count;
    });
}

// Before the first operator: what is used at all, in the order of reverie::Level.
RT_API void rt_level(int level) noexcept { reverie::level = reverie::own_level = static_cast<reverie::Level>(level); }

// Of kernels of this folder alone, up to that; negative to ask.
RT_API int rt_own_level(int level) noexcept {
    if (level >= 0) reverie::own_level = std::min(static_cast<reverie::Level>(level), reverie::level.load());
    return static_cast<int>(reverie::own_level.load());
}

RT_API int rt_own_kernels(int use) noexcept {
    if (use >= 0) reverie::own_kernels = use != 0;
    return reverie::own_kernels;
}

RT_API int rt_cuda_devices() noexcept {
    return guarded([] { return at::hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0; });
}
