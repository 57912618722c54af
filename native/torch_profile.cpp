// Where time goes, from libtorch's own observer of operators: seconds of each operator by itself, without those that it
// calls, under the layer that is being computed, and for gradients under the layer whose forward pass they belong to.
#include "torch_binding.h"

#include <ATen/record_function.h>

#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Call : at::ObserverContext {
    int layer;
    bool backward;
    Clock::time_point begin;
    Clock::duration inner{};    // time of the calls inside this one
};

struct Sum {
    int64_t count = 0;
    Clock::duration alone{};
};

thread_local std::vector<Call*> calls;    // those under way, outermost first
thread_local int layer_now = 0;

std::mutex mutex;
std::map<std::tuple<int, bool, std::string>, Sum> sums;
std::unordered_map<int64_t, int> layer_of;    // of the node of the graph that an operator is about to make
at::CallbackHandle handle = 0;
std::string report;

// The engine runs a node of the graph inside a call of its own, which is no operator but has the node's number.
bool begins_node(const at::RecordFunction& function) {
    return function.scope() == at::RecordScope::BACKWARD_FUNCTION
        || std::strncmp(function.name(), "autograd::engine", 16) == 0;
}

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& function) {
    auto call = std::make_unique<Call>();
    auto node = begins_node(function);
    call->backward = node || (!calls.empty() && calls.back()->backward);
    call->layer = layer_now;
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (node) {
            auto found = layer_of.find(function.seqNr());
            call->layer = found != layer_of.end() ? found->second : 0;
        } else if (call->backward) {
            call->layer = calls.back()->layer;
        } else if (function.seqNr() >= 0) {
            layer_of[function.seqNr()] = call->layer;
        }
    }
    calls.push_back(call.get());
    call->begin = Clock::now();
    return call;
}

void leave(const at::RecordFunction& function, at::ObserverContext* context) {
    auto call = static_cast<Call*>(context);
    auto all = Clock::now() - call->begin;
    if (calls.empty() || calls.back() != call) return;    // began before the observer did
    calls.pop_back();
    if (!calls.empty()) calls.back()->inner += all;
    std::lock_guard<std::mutex> lock(mutex);
    auto& sum = sums[{call->layer, call->backward, std::string(function.name())}];
    sum.count++;
    sum.alone += all - call->inner;
}

}  // namespace

// Begins to observe; what was observed before is forgotten.
RT_API void rt_profile_begin() noexcept {
    if (handle) return;
    {
        std::lock_guard<std::mutex> lock(mutex);
        sums.clear();
        layer_of.clear();
    }
    handle = at::addGlobalCallback(at::RecordFunctionCallback(enter, leave)
        .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
}

// The layer that this thread computes from now on, 0 for none; returns the one before.
RT_API int rt_profile_layer(int layer) noexcept {
    auto before = layer_now;
    layer_now = layer;
    return before;
}

// Stops, and returns lines of layer, 1 for backward, count, nanoseconds and operator, separated by tabs. The text lives
// until the next call.
RT_API const char* rt_profile_end() noexcept {
    if (handle) at::removeCallback(handle);
    handle = 0;
    std::lock_guard<std::mutex> lock(mutex);
    report.clear();
    for (const auto& [key, sum] : sums) {
        auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(sum.alone).count();
        report += std::to_string(std::get<0>(key)) + '\t' + (std::get<1>(key) ? '1' : '0') + '\t'
            + std::to_string(sum.count) + '\t' + std::to_string(nanoseconds) + '\t' + std::get<2>(key) + '\n';
    }
    return report.c_str();
}
