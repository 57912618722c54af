// CUDA graphs: work that is recorded once and launched as a whole. Where it was built without CUDA's headers there
// are none, which rt_graphs() says.
#include "torch_binding.h"
#include "torch_guard.h"

#include <ATen/ATen.h>

#ifdef REVERIE_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>

namespace {

using c10::cuda::CUDAStream;

// Recording may not be done on the device's default stream, so each graph has one of its own to be recorded on.
struct Graph {
    explicit Graph(c10::DeviceIndex index)
        : device(at::kCUDA, index), own(c10::cuda::getStreamFromPool(false, index)),
          outside(c10::cuda::getCurrentCUDAStream(index)) {}

    void enter() {
        outside = c10::cuda::getCurrentCUDAStream(device.index());
        outside.synchronize();
        c10::cuda::setCurrentCUDAStream(own);
    }

    void leave() {
        c10::cuda::setCurrentCUDAStream(outside);
        own.synchronize();
    }

    at::Device device;
    CUDAStream own, outside;
    at::cuda::CUDAGraph recorded;
};

template <class Work>
int with_graph(void* graph, Work work) noexcept {
    return guarded([&] {
        auto& given = *static_cast<Graph*>(graph);
        c10::DeviceGuard guard(given.device);
        work(given);
        return 0;
    });
}

}  // namespace

RT_API int rt_graphs() noexcept { return 1; }

RT_API void* rt_graph(int device_index) noexcept {
    void* made = nullptr;
    guarded([&] {
        made = new Graph(static_cast<c10::DeviceIndex>(device_index));
        return 0;
    });
    return made;
}

// What is done until rt_graph_leave goes to the graph's own stream, and is done.
RT_API int rt_graph_enter(void* graph) noexcept {
    return with_graph(graph, [](Graph& given) { given.enter(); });
}

RT_API int rt_graph_leave(void* graph) noexcept {
    return with_graph(graph, [](Graph& given) { given.leave(); });
}

// What is done between these two, inside enter and leave, is recorded and not done.
RT_API int rt_graph_begin(void* graph) noexcept {
    return with_graph(graph, [](Graph& given) { given.recorded.capture_begin(); });
}

RT_API int rt_graph_end(void* graph) noexcept {
    return with_graph(graph, [](Graph& given) { given.recorded.capture_end(); });
}

RT_API int rt_graph_replay(void* graph) noexcept {
    return with_graph(graph, [](Graph& given) { given.recorded.replay(); });
}

RT_API void rt_graph_free(void* graph) noexcept { delete static_cast<Graph*>(graph); }

#else

namespace {

int no_graphs() noexcept {
    return guarded([]() -> int { TORCH_CHECK(false, "the native part was built without CUDA's headers"); });
}

}  // namespace

RT_API int rt_graphs() noexcept { return 0; }

RT_API void* rt_graph(int) noexcept {
    no_graphs();
    return nullptr;
}

RT_API int rt_graph_enter(void*) noexcept { return no_graphs(); }
RT_API int rt_graph_leave(void*) noexcept { return no_graphs(); }
RT_API int rt_graph_begin(void*) noexcept { return no_graphs(); }
RT_API int rt_graph_end(void*) noexcept { return no_graphs(); }
RT_API int rt_graph_replay(void*) noexcept { return no_graphs(); }
RT_API void rt_graph_free(void*) noexcept {}

#endif
