#include "torch_rows.h"

#include "torch_processors.h"

#include <ATen/Parallel.h>

#include <cstring>
#include <vector>

namespace {

using at::Tensor;

// Channels repeat every C elements; loops run over tiles of many repeats, so that few channels fill a vector too.
constexpr int64_t repeats = 32;

inline float widen(uint16_t value) {
    uint32_t bits = static_cast<uint32_t>(value) << 16;
    float result;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

// To the nearest bfloat16, ties to even.
inline uint16_t narrow(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

FOR_EACH_PROCESSOR
void add_tile(float* __restrict y, const float* __restrict tile, int64_t count, float floor) {
    for (int64_t i = 0; i < count; i++) {
        float value = y[i] + tile[i];
        y[i] = value < floor ? floor : value;
    }
}

FOR_EACH_PROCESSOR
void add_tile(uint16_t* __restrict y, const float* __restrict tile, int64_t count, float floor) {
    for (int64_t i = 0; i < count; i++) {
        float value = widen(y[i]) + tile[i];
        y[i] = narrow(value < floor ? floor : value);
    }
}

FOR_EACH_PROCESSOR
void mask_tile(const float* __restrict outgoing, const float* __restrict activated, float* __restrict masked,
               float* __restrict sums, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        float gradient = outgoing[i], kept = activated[i] > 0 ? gradient : 0.0f;
        masked[i] = kept;
        sums[i] += kept;
    }
}

FOR_EACH_PROCESSOR
void mask_tile(const uint16_t* __restrict outgoing, const uint16_t* __restrict activated, uint16_t* __restrict masked,
               float* __restrict sums, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        // After a ReLU a bfloat16 is positive exactly where its bits are a positive number.
        uint16_t mask = static_cast<uint16_t>(-static_cast<int>(static_cast<int16_t>(activated[i]) > 0));
        uint16_t kept = outgoing[i] & mask;
        masked[i] = kept;
        sums[i] += widen(kept);
    }
}

FOR_EACH_PROCESSOR
void sum_tile(const float* __restrict outgoing, float* __restrict sums, int64_t count) {
    for (int64_t i = 0; i < count; i++) sums[i] += outgoing[i];
}

FOR_EACH_PROCESSOR
void sum_tile(const uint16_t* __restrict outgoing, float* __restrict sums, int64_t count) {
    for (int64_t i = 0; i < count; i++) sums[i] += widen(outgoing[i]);
}

bool has_rows(const Tensor& t) {
    return t.is_cpu() && t.dim() == 4 && t.is_contiguous(at::MemoryFormat::ChannelsLast) &&
           (t.scalar_type() == at::kFloat || t.scalar_type() == at::kBFloat16);
}

template <class T>
T* elements(const Tensor& t) { return static_cast<T*>(t.data_ptr()); }

// Calls work(first element, how many) for tiles of `tile` elements, on all threads.
template <class Work>
void over_tiles(int64_t total, int64_t tile, Work work) {
    auto tiles = (total + tile - 1) / tile;
    at::parallel_for(0, tiles, std::max<int64_t>(1, 32768 / tile), [&](int64_t begin, int64_t end) {
        for (auto t = begin; t < end; t++) work(t * tile, std::min(tile, total - t * tile));
    });
}

template <class T>
void add_bias_rows(const Tensor& y, const std::vector<float>& tile, bool relu) {
    auto floor = relu ? 0.0f : -std::numeric_limits<float>::infinity();
    auto data = elements<T>(y);
    over_tiles(y.numel(), static_cast<int64_t>(tile.size()),
               [&](int64_t at, int64_t count) { add_tile(data + at, tile.data(), count, floor); });
}

// Sums are taken per fixed block of tiles and added in order, so that they do not depend on the number of threads.
template <class T>
Tensor channel_sums(const Tensor& outgoing, const Tensor& activated, const Tensor& masked) {
    constexpr int64_t blocks = 64;
    auto channels = outgoing.size(1), tile = channels * repeats, total = outgoing.numel();
    auto tiles = (total + tile - 1) / tile;
    std::vector<float> sums(blocks * tile, 0.0f);
    auto out = elements<T>(outgoing);
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (auto block = begin; block < end; block++)
            for (auto t = tiles * block / blocks; t < tiles * (block + 1) / blocks; t++) {
                auto at = t * tile, count = std::min(tile, total - t * tile);
                auto into = sums.data() + block * tile;
                if (activated.defined())
                    mask_tile(out + at, elements<T>(activated) + at, elements<T>(masked) + at, into, count);
                else
                    sum_tile(out + at, into, count);
            }
    });
    auto result = at::zeros({channels}, at::kFloat);
    auto channel = result.data_ptr<float>();
    for (int64_t i = 0; i < blocks * tile; i++) channel[i % channels] += sums[i];
    return result;
}

}  // namespace

namespace reverie {

void add_bias_(Tensor& y, const Tensor& bias, bool relu) {
    if (!has_rows(y)) {
        y.add_(bias.to(y.scalar_type()).reshape({1, -1, 1, 1}));
        if (relu) y.relu_();
        return;
    }
    auto values = bias.to(at::kFloat).contiguous();
    std::vector<float> tile(values.numel() * repeats);
    for (size_t i = 0; i < tile.size(); i++) tile[i] = values.data_ptr<float>()[i % values.numel()];
    if (y.scalar_type() == at::kFloat)
        add_bias_rows<float>(y, tile, relu);
    else
        add_bias_rows<uint16_t>(y, tile, relu);
}

std::tuple<Tensor, Tensor> bias_gradient(const Tensor& outgoing, const Tensor& activated) {
    auto relu = activated.defined();
    // ATen's own sum adds bfloat16 numbers of other layouts up in bfloat16.
    auto rows_first = !relu && outgoing.is_cpu() && outgoing.scalar_type() == at::kBFloat16;
    if (!rows_first && !has_rows(relu ? activated : outgoing)) {
        auto masked = relu ? outgoing * (activated > 0) : outgoing;
        return {masked, masked.sum({0, 2, 3})};
    }
    auto rows = outgoing.contiguous(at::MemoryFormat::ChannelsLast);
    auto masked = relu ? at::empty_like(activated) : rows;
    auto sums = rows.scalar_type() == at::kFloat ? channel_sums<float>(rows, activated, masked)
                                                 : channel_sums<uint16_t>(rows, activated, masked);
    return {masked, sums};
}

}  // namespace reverie
