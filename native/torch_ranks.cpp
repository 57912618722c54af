// Several processes that learn together: libtorch's own store (TCPStore) and collectives over Gloo (c10d). REVERIE_RANKS is set
// where the libtorch at hand has both; everywhere else each function fails with one line.
#include "torch_binding.h"
#include "torch_guard.h"
#include "torch_handles.h"

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#ifdef REVERIE_RANKS
#define USE_C10D_GLOO
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace {

using Gloo = c10d::ProcessGroupGloo;
using Work = decltype(std::declval<Gloo&>().allreduce(std::declval<std::vector<at::Tensor>&>()));

// All ranks, and the sums that are under way between them.
struct Group {
    c10::intrusive_ptr<Gloo> gloo;
    std::vector<Work> under_way;

    void send(const at::Tensor& tensor) {
        std::vector<at::Tensor> one{tensor};
        under_way.push_back(gloo->allreduce(one));
    }

    void wait() {
        const auto sent = std::exchange(under_way, {});
        for (const auto& work : sent) work->wait();
    }
};

using Store = c10::intrusive_ptr<c10d::Store>;

Store& store_of(void* pointer) { return *static_cast<Store*>(pointer); }
Group& group_of(void* pointer) { return *static_cast<Group*>(pointer); }

using torch::autograd::variable_list;

// Gradients on their way. A bucket goes off once the backward pass has made the gradients of all its leaves, and the buckets
// behind it are off: a pass comes to the last layers first, and all ranks must send in one order.
struct Sending {
    Sending(Group& group, const variable_list& leaves, std::vector<int> ends)
        : group(group), leaves(leaves), ends(std::move(ends)), gradients(leaves.size()), sums(this->ends.size()),
          next(static_cast<int>(this->ends.size()) - 1) {
        for (int bucket = 0; bucket <= next; bucket++)
            for (int i = begin(bucket); i < this->ends[bucket]; i++) {
                accumulators.push_back(torch::autograd::impl::grad_accumulator(leaves[i]));
                hooks.push_back(accumulators.back()->add_post_hook(std::make_unique<Arrival>(*this, i, bucket)));
            }
        for (int bucket = 0; bucket <= next; bucket++) missing.push_back(this->ends[bucket] - begin(bucket));
    }

    ~Sending() {
        for (size_t i = 0; i < hooks.size(); i++) {
            accumulators[i]->del_post_hook(hooks[i]);
            leaves[i].mutable_grad().reset();
        }
    }

    int finish() {
        while (next >= 0) send();
        return early;
    }

    Group& group;
    const variable_list& leaves;
    const std::vector<int> ends;
    variable_list gradients, sums;
    int next, early = 0;        // bucket to go off next; those that were off when the last gradient came
    std::vector<int> missing;   // gradients, of each bucket
    std::vector<std::shared_ptr<torch::autograd::Node>> accumulators;
    std::vector<uintptr_t> hooks;

private:
    // Called with a leaf's gradient, which by then is the whole sum.
    struct Arrival : torch::autograd::FunctionPostHook {
        Arrival(Sending& sending, int leaf, int bucket) : sending(sending), leaf(leaf), bucket(bucket) {}

        variable_list operator()(const variable_list& outputs, const variable_list&) override {
            sending.arrived(leaf, bucket);
            return outputs;
        }

        Sending& sending;
        const int leaf, bucket;
    };

    int begin(int bucket) const { return bucket == 0 ? 0 : ends[bucket - 1]; }

    void arrived(int leaf, int bucket) {
        early = static_cast<int>(ends.size()) - 1 - next;
        gradients[leaf] = std::exchange(leaves[leaf].mutable_grad(), at::Tensor());
        missing[bucket]--;
        while (next >= 0 && missing[next] == 0) send();
    }

    void send() {
        variable_list parts;
        for (int i = begin(next); i < ends[next]; i++) {
            parts.push_back(gradients[i].defined() ? gradients[i].flatten() : at::zeros_like(leaves[i]).flatten());
            gradients[i].reset();
        }
        sums[next] = at::cat(parts);
        group.send(sums[next--]);
    }
};

// Newer libtorch would serve its store by libuv, which Debian's is built without; older has no such choice.
template <class Options>
auto serve_plainly(Options& options, int) -> decltype(static_cast<void>(options.useLibUV)) { options.useLibUV = false; }
template <class Options>
void serve_plainly(Options&, long) {}

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
        serve_plainly(options, 0);
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
        auto options = Gloo::Options::create(std::chrono::milliseconds(milliseconds));
        options->devices.push_back(*interface ? Gloo::createDeviceForInterface(interface)
            : *host ? Gloo::createDeviceForHostname(host)
            : Gloo::createDefaultDevice());
        return new Group{c10::make_intrusive<Gloo>(store_of(store), rank, ranks, options), {}};
    });
}

RT_API void rt_group_free(void* group) noexcept {
    guarded([&] { delete static_cast<Group*>(group); return 0; });
}

// Sums each tensor over all ranks, in place. All are under way before the first is waited for.
RT_API int rt_group_sum(void* group, void** tensors, int count) noexcept {
    return guarded([&] {
        for (int i = 0; i < count; i++) group_of(group).send(reverie::borrow(tensors[i]));
        group_of(group).wait();
        return 0;
    });
}

// Sends gradients of a scalar to all ranks, to be summed, while the backward pass goes on. `inputs` are leaves on the processor,
// in buckets of neighbours, which end before `ends`; `sums` takes for each bucket one flat tensor, zero where the scalar does not
// depend on a leaf, which is a sum once rt_group_wait has returned. The result is how many buckets were under way when the last
// gradient came.
RT_API int rt_group_grad(
    void* group, void* loss, void** inputs, const int* ends, int buckets, int keep_graph, void** sums) noexcept {
    return guarded([&] {
        std::vector<at::Tensor> leaves;
        for (int i = 0; i < ends[buckets - 1]; i++) leaves.push_back(reverie::borrow(inputs[i]));
        Sending sending(group_of(group), leaves, std::vector<int>(ends, ends + buckets));
        torch::autograd::backward({reverie::borrow(loss)}, {}, keep_graph != 0, false, leaves);
        const auto early = sending.finish();
        for (int i = 0; i < buckets; i++) sums[i] = reverie::give(sending.sums[i]);
        return early;
    });
}

// Until all sums are there that are under way.
RT_API int rt_group_wait(void* group) noexcept {
    return guarded([&] { group_of(group).wait(); return 0; });
}

// Every rank has what `root` has.
RT_API int rt_group_broadcast(void* group, void* tensor, int root) noexcept {
    return guarded([&] {
        std::vector<at::Tensor> one{reverie::borrow(tensor)};
        c10d::BroadcastOptions options;
        options.rootRank = root;
        group_of(group).gloo->broadcast(one, options)->wait();
        return 0;
    });
}

// What each rank gave, all of one shape, in the order of ranks.
RT_API int rt_group_gather(void* group, void* tensor, void** gathered, int ranks) noexcept {
    return guarded([&] {
        std::vector<at::Tensor> one{reverie::borrow(tensor)};
        std::vector<std::vector<at::Tensor>> all(1);
        for (int i = 0; i < ranks; i++) all[0].push_back(reverie::borrow(gathered[i]));
        group_of(group).gloo->allgather(all, one)->wait();
        return 0;
    });
}

RT_API int rt_group_barrier(void* group) noexcept {
    return guarded([&] { group_of(group).gloo->barrier()->wait(); return 0; });
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
RT_API int rt_group_grad(void*, void*, void**, const int*, int, int, void**) noexcept { return missing(); }
RT_API int rt_group_wait(void*) noexcept { return missing(); }
RT_API int rt_group_broadcast(void*, void*, int) noexcept { return missing(); }
RT_API int rt_group_gather(void*, void*, void**, int) noexcept { return missing(); }
RT_API int rt_group_barrier(void*) noexcept { return missing(); }

#endif
