// Random numbers of the binding to libtorch: generators with a seed or a state of their own.
#include "torch_binding.h"
#include "torch_guard.h"
#include "torch_handles.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

RT_API void* rt_generator(int device_type, int device_index, uint64_t seed) noexcept {
    void* made = nullptr;
    guarded([&] {
        auto device = reverie::device_of(device_type, device_index);
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
        auto device = reverie::device_of(device_type, device_index);
        found = new at::Generator(at::globalContext().defaultGenerator(device));
        return 0;
    });
    return found;
}

RT_API void rt_generator_free(void* generator) noexcept { delete static_cast<at::Generator*>(generator); }

RT_API void* rt_generator_state(void* generator) noexcept {
    void* state = nullptr;
    guarded([&] {
        state = reverie::give(static_cast<at::Generator*>(generator)->get_state());
        return 0;
    });
    return state;
}

RT_API int rt_generator_set_state(void* generator, void* state) noexcept {
    return guarded([&] {
        static_cast<at::Generator*>(generator)->set_state(reverie::borrow(state));
        return 0;
    });
}
