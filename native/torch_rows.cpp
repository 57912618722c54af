#include "torch_rows.h"

#include "torch_choice.h"
#include "torch_processors.h"
#include "torch_scalars.h"

#include <ATen/Parallel.h>

#include <vector>

namespace {

using at::Tensor;
using namespace reverie;

// Channels repeat every C elements; loops run over tiles of some repeats, so that few channels fill a vector too.
int64_t tile_of(int64_t channels) { return channels * std::max<int64_t>(1, 1024 / channels); }

template <class T>
ALWAYS_INLINE void add_row(T* __restrict y, const float* __restrict tile, int64_t count, float floor) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        float value = widen(y[i]) + tile[i];
        narrow(value < floor ? floor : value, y[i]);
    }
}

ALWAYS_INLINE void mask_row(const float* __restrict outgoing, const float* __restrict activated, float* __restrict masked,
                            float* __restrict sums, int64_t count) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        float gradient = outgoing[i], kept = activated[i] > 0 ? gradient : 0.0f;
        masked[i] = kept;
        sums[i] += kept;
    }
}

ALWAYS_INLINE void mask_row(const uint16_t* __restrict outgoing, const uint16_t* __restrict activated,
                            uint16_t* __restrict masked, float* __restrict sums, int64_t count) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        // After a ReLU a bfloat16 is positive exactly where its bits are a positive number.
        uint16_t mask = static_cast<uint16_t>(-static_cast<int>(static_cast<int16_t>(activated[i]) > 0));
        uint16_t kept = outgoing[i] & mask;
        masked[i] = kept;
        sums[i] += widen(kept);
    }
}

// The slopes of ELU, tanh and sigmoid from their results y: 1 above 0 and y + 1 below; 1 − y²; y − y².
struct Slope {
    float constant, linear;
    bool elu;
};

ALWAYS_INLINE float slope_of(float y, const Slope& slope) {
    float smooth = slope.constant + slope.linear * y - y * y, bent = y > 0 ? 1.0f : y + 1.0f;
    return slope.elu ? bent : smooth;
}

template <class T>
ALWAYS_INLINE void slope_row(const T* __restrict outgoing, const T* __restrict activated, T* __restrict masked,
                             float* __restrict sums, int64_t count, const Slope& slope) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        narrow(widen(outgoing[i]) * slope_of(widen(activated[i]), slope), masked[i]);
        sums[i] += widen(masked[i]);
    }
}

template <class T>
ALWAYS_INLINE void sum_row(const T* __restrict outgoing, float* __restrict sums, int64_t count) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) sums[i] += widen(outgoing[i]);
}

FOR_EACH_PROCESSOR(add_tile, add_row)
FOR_EACH_PROCESSOR(mask_tile, mask_row)
FOR_EACH_PROCESSOR(slope_tile, slope_row)
FOR_EACH_PROCESSOR(sum_tile, sum_row)

at::MemoryFormat rows_format(const Tensor& t) {
    return t.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

bool has_rows(const Tensor& t) {
    return own_kernels && t.is_cpu() && (t.dim() == 2 || t.dim() == 4) && t.is_contiguous(rows_format(t)) &&
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
Tensor channel_sums(const Tensor& outgoing, const Tensor& activated, Activation activation, const Tensor& masked) {
    auto channels = outgoing.size(1), tile = tile_of(channels), total = outgoing.numel();
    auto tiles = (total + tile - 1) / tile, blocks = std::min<int64_t>(tiles, 16);
    std::vector<float> sums(blocks * tile, 0.0f);
    auto out = elements<T>(outgoing);
    Slope slope{activation == Activation::tanh ? 1.0f : 0.0f, activation == Activation::sigmoid ? 1.0f : 0.0f,
                activation == Activation::elu};
    at::parallel_for(0, blocks, std::max<int64_t>(1, 32768 * blocks / std::max<int64_t>(1, total)),
                     [&](int64_t begin, int64_t end) {
        for (auto block = begin; block < end; block++)
            for (auto t = tiles * block / blocks; t < tiles * (block + 1) / blocks; t++) {
                auto at = t * tile, count = std::min(tile, total - t * tile);
                auto into = sums.data() + block * tile;
                if (activation == Activation::relu)
                    mask_tile(out + at, elements<T>(activated) + at, elements<T>(masked) + at, into, count);
                else if (activation != Activation::none)
                    slope_tile(out + at, elements<T>(activated) + at, elements<T>(masked) + at, into, count, slope);
                else
                    sum_tile(out + at, into, count);
            }
    });
    auto result = at::zeros({channels}, at::kFloat);
    auto channel = result.data_ptr<float>();
    for (size_t row = 0; row < sums.size(); row += channels)
        for (int64_t c = 0; c < channels; c++) channel[c] += sums[row + c];
    return result;
}

}  // namespace

namespace reverie {

Activation activation_of(int64_t number) {
    TORCH_CHECK(number >= 0 && number <= static_cast<int64_t>(Activation::sigmoid), "no activation has the number ", number);
    return static_cast<Activation>(number);
}

Tensor activate(const Tensor& x, Activation activation) {
    switch (activation) {
        case Activation::relu: return x.relu();
        case Activation::elu: return at::elu(x);
        case Activation::tanh: return x.tanh();
        case Activation::sigmoid: return x.sigmoid();
        default: return x;
    }
}

void add_bias_(Tensor& y, const Tensor& bias, Activation activation) {
    auto relu = activation == Activation::relu;
    if (!has_rows(y)) {
        y.add_(bias.to(y.scalar_type()).reshape({1, -1, 1, 1}));
    } else {
        auto values = bias.to(at::kFloat).contiguous();
        std::vector<float> tile(tile_of(values.numel()));
        for (size_t i = 0; i < tile.size(); i++) tile[i] = values.data_ptr<float>()[i % values.numel()];
        if (y.scalar_type() == at::kFloat)
            add_bias_rows<float>(y, tile, relu);
        else
            add_bias_rows<uint16_t>(y, tile, relu);
        if (relu) return;
    }
    if (activation != Activation::none) y = activate(y, activation);
}

std::tuple<Tensor, Tensor> bias_gradient(const Tensor& outgoing, const Tensor& activated, Activation activation) {
    auto none = activation == Activation::none;
    // ATen's own sum adds bfloat16 numbers of other layouts up in bfloat16.
    auto rows_first = none && outgoing.is_cpu() && outgoing.scalar_type() == at::kBFloat16;
    if (!rows_first && !has_rows(none ? outgoing : activated)) {
        auto masked = none ? outgoing
            : activation == Activation::relu ? outgoing * (activated > 0)
            : activation == Activation::elu ? outgoing * (activated.clamp_max(0) + 1)
            : activation == Activation::tanh ? outgoing * (1 - activated * activated)
            : outgoing * (activated - activated * activated);
        return {masked, masked.dim() == 4 ? masked.sum({0, 2, 3}) : masked.sum(0)};
    }
    auto rows = outgoing.contiguous(rows_format(outgoing));
    auto masked = none ? rows : at::empty_like(activated);
    auto sums = rows.scalar_type() == at::kFloat ? channel_sums<float>(rows, activated, activation, masked)
                                                 : channel_sums<uint16_t>(rows, activated, activation, masked);
    return {masked, sums};
}

}  // namespace reverie
