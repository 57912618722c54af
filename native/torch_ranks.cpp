// Several processes that learn together: libtorch's own store (TCPStore) and collectives over Gloo (c10d). REVERIE_RANKS is set
// where the libtorch at hand has both; everywhere else each function fails with one line.
#include "torch_binding.h"
#include "torch_guard.h"
#include "torch_handles.h"

#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#ifdef REVERIE_RANKS
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace {

using Group = c10::intrusive_ptr<c10d::ProcessGroupGloo>;
using Store = c10::intrusive_ptr<c10d::Store>;

Store& store_of(void* pointer) { return *static_cast<Store*>(pointer); }
Group& group_of(void* pointer) { return *static_cast<Group*>(pointer); }

template <class Made>
void* made(Made make) {
    void* result = nullptr;
    guarded([&] { result = make(); return 0; });
    return result;
}

}  // namespace

RT_API int rt_ranks() noexcept { return 1; }

// The process that serves holds what all have set; the port is taken or the address is not there: an error.
RT_API void* rt_store(const char* address, int port, int ranks, int serves, int64_t milliseconds) noexcept {
    return made([&] {
        c10d::TCPStoreOptions options;
        options.port = static_cast<uint16_t>(port);
        options.isServer = serves != 0;
        options.numWorkers = ranks;
        options.waitWorkers = false;
        options.timeout = std::chrono::milliseconds(milliseconds);
        return new Store(c10::make_intrusive<c10d::TCPStore>(address, options));
    });
}

RT_API void rt_store_free(void* store) noexcept {
    guarded([&] { delete static_cast<Store*>(store); return 0; });
}

RT_API int rt_store_set(void* store, const char* key, const uint8_t* bytes, int count) noexcept {
    return guarded([&] {
        store_of(store)->set(key, std::vector<uint8_t>(bytes, bytes + count));
        return 0;
    });
}

// Whether the key is set. It does not wait: a wait that ran out would leave its answer in the connection.
RT_API int rt_store_has(void* store, const char* key) noexcept {
    return guarded([&] { return store_of(store)->check({key}) ? 1 : 0; });
}

// Length of a value that is there; `bytes` takes as much of it as fits.
RT_API int rt_store_get(void* store, const char* key, uint8_t* bytes, int room) noexcept {
    return guarded([&] {
        const auto value = store_of(store)->get(key);
        std::memcpy(bytes, value.data(), std::min<size_t>(value.size(), static_cast<size_t>(room)));
        return static_cast<int>(value.size());
    });
}

// The number of times that this was called for the key, this one included.
RT_API int rt_store_count(void* store, const char* key) noexcept {
    return guarded([&] { return static_cast<int>(store_of(store)->add(key, 1)); });
}

// Connects to all others. `interface` names a network interface; where it is empty, `host` an address of this machine; where
// that is empty too, what the machine's name resolves to is taken.
RT_API void* rt_group(void* store, int rank, int ranks, const char* interface, const char* host, int64_t milliseconds) noexcept {
    return made([&] {
        auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::milliseconds(milliseconds));
        options->devices.push_back(*interface ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
            : *host ? c10d::ProcessGroupGloo::createDeviceForHostname(host)
            : c10d::ProcessGroupGloo::createDefaultDevice());
        return new Group(c10::make_intrusive<c10d::ProcessGroupGloo>(store_of(store), rank, ranks, options));
    });
}

RT_API void rt_group_free(void* group) noexcept {
    guarded([&] { delete static_cast<Group*>(group); return 0; });
}

// Sums each tensor over all ranks, in place. All are on their way before the first is waited for.
RT_API int rt_group_sum(void* group, void** tensors, int count) noexcept {
    return guarded([&] {
        std::vector<std::vector<at::Tensor>> all;
        for (int i = 0; i < count; i++) all.push_back({reverie::borrow(tensors[i])});
        std::vector<decltype(group_of(group)->allreduce(all[0]))> under_way;
        for (auto& one : all) under_way.push_back(group_of(group)->allreduce(one));
        for (auto& work : under_way) work->wait();
        return 0;
    });
}

// Every rank has what `root` has.
RT_API int rt_group_broadcast(void* group, void* tensor, int root) noexcept {
    return guarded([&] {
        std::vector<at::Tensor> one{reverie::borrow(tensor)};
        c10d::BroadcastOptions options;
        options.rootRank = root;
        group_of(group)->broadcast(one, options)->wait();
        return 0;
    });
}

// What each rank gave, all of one shape, in the order of ranks.
RT_API int rt_group_gather(void* group, void* tensor, void** gathered, int ranks) noexcept {
    return guarded([&] {
        std::vector<at::Tensor> one{reverie::borrow(tensor)};
        std::vector<std::vector<at::Tensor>> all(1);
        for (int i = 0; i < ranks; i++) all[0].push_back(reverie::borrow(gathered[i]));
        group_of(group)->allgather(all, one)->wait();
        return 0;
    });
}

RT_API int rt_group_barrier(void* group) noexcept {
    return guarded([&] { group_of(group)->barrier()->wait(); return 0; });
}

#else

namespace {

int missing() {
    last_error = "several ranks: this libtorch was found without c10d and Gloo (its headers torch/csrc/distributed/c10d and "
        "gloo, its library with ProcessGroupGloo), so that one process learns alone";
    return -1;
}

void* nothing() { missing(); return nullptr; }

}  // namespace

RT_API int rt_ranks() noexcept { return 0; }
RT_API void* rt_store(const char*, int, int, int, int64_t) noexcept { return nothing(); }
RT_API void rt_store_free(void*) noexcept {}
RT_API int rt_store_set(void*, const char*, const uint8_t*, int) noexcept { return missing(); }
RT_API int rt_store_has(void*, const char*) noexcept { return missing(); }
RT_API int rt_store_get(void*, const char*, uint8_t*, int) noexcept { return missing(); }
RT_API int rt_store_count(void*, const char*) noexcept { return missing(); }
RT_API void* rt_group(void*, int, int, const char*, const char*, int64_t) noexcept { return nothing(); }
RT_API void rt_group_free(void*) noexcept {}
RT_API int rt_group_sum(void*, void**, int) noexcept { return missing(); }
RT_API int rt_group_broadcast(void*, void*, int) noexcept { return missing(); }
RT_API int rt_group_gather(void*, void*, void**, int) noexcept { return missing(); }
RT_API int rt_group_barrier(void*) noexcept { return missing(); }

#endif
