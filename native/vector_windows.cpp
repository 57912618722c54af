#include "vector_windows.h"

#include "torch_scalars.h"

#ifdef REVERIE_HAS_VECTORS
#include <algorithm>
#include <array>
#include <cstring>
#include <immintrin.h>
#include <utility>

namespace reverie::windows {

namespace {

// An address of four bytes, wherever they lie.
using Bytes = float __attribute__((may_alias, aligned(1)));

namespace avx2 {

#define LEVEL __attribute__((target("avx2,fma")))
using Element = float;
using Vector = __m256;
constexpr int width = 8, most = 6;

LEVEL ALWAYS_INLINE Vector load(const void* from) { return _mm256_loadu_ps(static_cast<const float*>(from)); }
LEVEL ALWAYS_INLINE void keep(float* to, Vector value) { _mm256_storeu_ps(to, value); }
LEVEL ALWAYS_INLINE Vector repeated(const char* from) { return _mm256_set1_ps(*reinterpret_cast<const Bytes*>(from)); }
LEVEL ALWAYS_INLINE void add(Vector& sum, Vector a, Vector b) { sum = _mm256_fmadd_ps(a, b, sum); }
LEVEL ALWAYS_INLINE Vector not_below_zero(Vector x) { return _mm256_max_ps(_mm256_setzero_ps(), x); }
LEVEL ALWAYS_INLINE void store(float* to, Vector value) { _mm256_storeu_ps(to, value); }
LEVEL ALWAYS_INLINE void store_some(float* to, Vector value, int64_t first, int64_t last) {
    auto lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    auto within = _mm256_andnot_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(first)), lane),
                                      _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(last)), lane));
    _mm256_maskstore_ps(to, within, value);
}
#include "vector_level.h"
#undef LEVEL

}  // namespace avx2

#define LEVEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

LEVEL ALWAYS_INLINE __mmask16 lanes(int64_t first, int64_t last) {
    return static_cast<__mmask16>((1u << last) - (1u << first));
}

namespace avx512 {

using Element = float;
using Vector = __m512;
constexpr int width = 16, most = 12;

LEVEL ALWAYS_INLINE Vector load(const void* from) { return _mm512_loadu_ps(from); }
LEVEL ALWAYS_INLINE void keep(float* to, Vector value) { _mm512_storeu_ps(to, value); }
LEVEL ALWAYS_INLINE Vector repeated(const char* from) { return _mm512_set1_ps(*reinterpret_cast<const Bytes*>(from)); }
LEVEL ALWAYS_INLINE void add(Vector& sum, Vector a, Vector b) { sum = _mm512_fmadd_ps(a, b, sum); }
LEVEL ALWAYS_INLINE Vector not_below_zero(Vector x) { return _mm512_max_ps(_mm512_setzero_ps(), x); }
LEVEL ALWAYS_INLINE void store(float* to, Vector value) { _mm512_storeu_ps(to, value); }
LEVEL ALWAYS_INLINE void store_some(float* to, Vector value, int64_t first, int64_t last) {
    _mm512_mask_storeu_ps(to, lanes(first, last), value);
}
#include "vector_level.h"

}  // namespace avx512
#undef LEVEL

namespace avx512_bf16 {

#define LEVEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
using Element = uint16_t;
using Vector = __m512;
constexpr int width = 16, most = 12;

LEVEL ALWAYS_INLINE Vector load(const void* from) { return _mm512_loadu_ps(from); }
LEVEL ALWAYS_INLINE void keep(float* to, Vector value) { _mm512_storeu_ps(to, value); }
LEVEL ALWAYS_INLINE Vector repeated(const char* from) { return _mm512_set1_ps(*reinterpret_cast<const Bytes*>(from)); }
LEVEL ALWAYS_INLINE void add(Vector& sum, Vector a, Vector b) {
    sum = _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
}
LEVEL ALWAYS_INLINE Vector not_below_zero(Vector x) { return _mm512_max_ps(_mm512_setzero_ps(), x); }
LEVEL ALWAYS_INLINE void store(uint16_t* to, Vector value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)));
}
LEVEL ALWAYS_INLINE void store_some(uint16_t* to, Vector value, int64_t first, int64_t last) {
    _mm256_mask_storeu_epi16(to, static_cast<__mmask16>((1u << last) - (1u << first)),
                             reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)));
}
#include "vector_level.h"

// What two pictures have at each place, the first in the low half; null: none. `outs` of each row of `channels`.
LEVEL void interleave(const uint16_t* first, const uint16_t* second, int64_t count, uint32_t* to) {
    if (second)
        for (int64_t i = 0; i < count; i++) to[i] = first[i] | static_cast<uint32_t>(second[i]) << 16;
    else
        for (int64_t i = 0; i < count; i++) to[i] = first[i];
}
#undef LEVEL

}  // namespace avx512_bf16

int64_t up(int64_t count, int64_t unit) { return (count + unit - 1) / unit; }

template <class T>
Buffer<T> zeros(int64_t count) {
    auto bytes = std::max<int64_t>(1, up(count * sizeof(T), 64)) * 64;
    auto memory = std::aligned_alloc(64, bytes);
    std::memset(memory, 0, bytes);
    return Buffer<T>(static_cast<T*>(memory));
}

int64_t width_of(Kind kind) { return kind == Kind::avx2 ? avx2::width : avx512::width; }
int64_t size_of(Kind kind) { return kind == Kind::avx512_bf16 ? 2 : 4; }

void product(Kind kind, const Part& part, const void* x, void* y) {
    switch (kind) {
        case Kind::avx2: return avx2::product(part, x, y);
        case Kind::avx512: return avx512::product(part, x, y);
        case Kind::avx512_bf16: return avx512_bf16::product(part, x, y);
    }
}

}  // namespace

Part Convolution::part(int64_t rows, int64_t columns, int64_t stride, int64_t kernel_rows, int64_t kernel_columns,
                       int64_t outs, Activation activation) const {
    auto window = kernel_columns * _in.channels, row = (_height > 0 ? _width : _in.width) * _in.channels;
    return {rows, columns, 0, row, stride * row, stride * _in.channels, kernel_rows, window,
            up(window * size_of(_kind), 4), outs, 0, 0, 0, outs, 0, activation, nullptr, nullptr};
}

// address(lane, kernel row, kernel column): where the weights of all inputs begin, or null for zeros; lanes repeat the
// channels of the bias.
template <class Address>
void Convolution::pack(Part& part, const Weight& weight, const float* bias, Address address) const {
    auto width = width_of(_kind), size = size_of(_kind), together = 4 / size;
    auto of_vector = part.kernel_rows * part.units * width * 4;
    part.weights = zeros<char>(up(part.outs, width) * of_vector);
    part.bias = zeros<float>(up(part.outs, width) * width);
    for (int64_t lane = 0; bias && lane < part.outs; lane++) part.bias[lane] = bias[lane % weight.out];
    // Four bytes of every lane at once where they lie together: a decision packs more than it multiplies.
    auto whole = weight.strides[1] == 1 && weight.in % together == 0;
    auto step = whole ? together : 1;
    for (int64_t first = 0; first < part.outs; first += 2 * width) {
        auto row_lanes = (part.outs - first > width ? 2 : 1) * width, lanes = std::min(part.outs - first, row_lanes);
        auto to = part.weights.get() + first / width * of_vector;
        for (int64_t row = 0; row < part.kernel_rows; row++)
            for (int64_t column = 0; column < part.window / weight.in; column++) {
                const char* from[2 * avx512::width];
                for (int64_t lane = 0; lane < lanes; lane++) from[lane] = address(first + lane, row, column);
                for (int64_t i = 0, e = column * weight.in; i < weight.in; i += step, e += step) {
                    auto at = to + (row * part.units + e / together) * row_lanes * 4 + e % together * size;
                    auto within = i * weight.strides[1] * size;
                    for (int64_t lane = 0; lane < lanes; lane++, at += 4) {
                        if (!from[lane]) continue;
                        if (whole || size == 4) std::memcpy(at, from[lane] + within, 4);
                        else std::memcpy(at, from[lane] + within, 2);
                    }
                }
            }
    }
}

Convolution Convolution::plain(Kind kind, Picture in, const Weight& w, int64_t stride, const float* bias,
                               Activation activation) {
    Convolution result(kind, in, {(in.height - w.kernel) / stride + 1, (in.width - w.kernel) / stride + 1, w.out});
    const auto& out = result._out;
    // A window that is no whole pairs reads one element beyond.
    if (w.kernel * w.in * size_of(kind) % 4 != 0) result._height = in.height, result._width = in.width;
    auto part = result.part(out.height, out.width, stride, w.kernel, w.kernel, w.out, activation);
    part.y_down = out.width * w.out;
    part.y_right = w.out;
    auto data = static_cast<const char*>(w.data);
    result.pack(part, w, bias, [&](int64_t lane, int64_t row, int64_t column) {
        return data + size_of(kind) * (lane * w.strides[0] + row * w.strides[2] + column * w.strides[3]);
    });
    result._parts.push_back(std::move(part));
    return result;
}

// Every second row and column of the kernel meets the same pixels: convolutions of stride 1 over the padded picture (Shi et
// al. 2016), one for each of 2 by 2 pixels, or one for all where these are few numbers.
Convolution Convolution::transposed(Kind kind, Picture in, Picture out, const Weight& w, const float* bias,
                                    Activation activation) {
    Convolution result(kind, in, out);
    auto half = up(w.kernel, 2);
    result._padding = half - 1;
    result._height = std::max(in.height, up(out.height, 2)) + half - 1;
    result._width = std::max(in.width, up(out.width, 2)) + half - 1;
    auto data = static_cast<const char*>(w.data);
    auto at = [&](int64_t o, int64_t row, int64_t column) -> const char* {
        if (row >= w.kernel || column >= w.kernel) return nullptr;
        return data + size_of(kind) * (o * w.strides[0] + row * w.strides[2] + column * w.strides[3]);
    };
    if (4 * w.out <= 16 && out.height % 2 == 0 && out.width % 2 == 0) {
        auto part = result.part(out.height / 2, out.width / 2, 1, half, half, 4 * w.out, activation);
        part.y_row = out.width * w.out;
        part.y_down = 2 * part.y_row;
        part.y_right = part.outs_of_row = 2 * w.out;
        result.pack(part, w, bias, [&](int64_t lane, int64_t row, int64_t column) {
            return at(lane % w.out, 2 * (half - 1 - row) + lane / part.outs_of_row,
                      2 * (half - 1 - column) + lane / w.out % 2);
        });
        result._parts.push_back(std::move(part));
        return result;
    }
    for (int64_t down = 0; down < 2; down++)
        for (int64_t right = 0; right < 2; right++) {
            auto rows = (w.kernel - down + 1) / 2, columns = (w.kernel - right + 1) / 2;
            auto part = result.part((out.height - down + 1) / 2, (out.width - right + 1) / 2, 1, rows, columns, w.out,
                                    activation);
            part.start = (half - rows) * part.row + (half - columns) * in.channels;
            part.y_start = (down * out.width + right) * w.out;
            part.y_down = 2 * out.width * w.out;
            part.y_right = 2 * w.out;
            result.pack(part, w, bias, [&](int64_t lane, int64_t row, int64_t column) {
                return at(lane, 2 * (rows - 1 - row) + down, 2 * (columns - 1 - column) + right);
            });
            result._parts.push_back(std::move(part));
        }
    return result;
}

void Convolution::run(const void* x, void* y, int64_t first, int64_t last) const {
    auto size = size_of(_kind), pixel = _in.channels * size;
    auto copy = _height > 0 ? zeros<char>(_height * _width * pixel + 4) : nullptr;
    for (auto n = first; n < last; n++) {
        auto from = static_cast<const char*>(x) + n * _in.size() * size;
        if (copy)
            for (int64_t r = 0; r < _in.height; r++)
                std::memcpy(copy.get() + ((r + _padding) * _width + _padding) * pixel, from + r * _in.width * pixel,
                            _in.width * pixel);
        for (const auto& part : _parts)
            product(_kind, part, copy ? copy.get() : from, static_cast<char*>(y) + n * _out.size() * size);
    }
}

WeightGradient::WeightGradient(Kind kind, Picture in, Picture outgoing, int64_t kernel, int64_t stride)
    : _kind(kind), _channels(outgoing.channels) {
    auto row = in.width * in.channels;
    _walk = {outgoing.height, outgoing.width, row, stride * row, stride * in.channels, in.size(), kernel,
             kernel * in.channels, up(outgoing.channels, width_of(kind)) * width_of(kind)};
    // Places enough for what begins and ends a sum to be little, in half of a second-level cache.
    constexpr int64_t fits = 128 * 1024, enough = 256;
    auto most = std::max<int64_t>(1, fits / (in.size() + _walk.places()));
    _pictures = std::clamp<int64_t>(up(enough, _walk.rows * _walk.columns), 1, most);
}

void WeightGradient::add(const void* x, const void* outgoing, int64_t first, int64_t last, float* sums) const {
    auto pixels = _walk.rows * _walk.columns, of_picture = pixels * _channels;
    auto pairs = _kind == Kind::avx512_bf16, copied = pairs || _channels != _walk.outs;
    auto windows = pairs ? zeros<uint32_t>(_pictures * _walk.picture) : nullptr;
    auto places = copied ? zeros<uint32_t>(_pictures * _walk.places()) : nullptr;
    for (auto start = first; start < last; start += group()) {
        auto pictures = std::min(_pictures, pairs ? up(last - start, 2) : last - start);
        for (int64_t p = 0; p < pictures && copied; p++) {
            auto to = places.get() + p * _walk.places();
            if (!pairs) {
                auto from = static_cast<const float*>(outgoing) + (start + p) * of_picture;
                for (int64_t i = 0; i < pixels; i++)
                    std::memcpy(to + i * _walk.outs, from + i * _channels, _channels * sizeof(float));
                continue;
            }
            auto n = start + 2 * p;
            auto two = n + 1 < last;
            auto from = static_cast<const uint16_t*>(x) + n * _walk.picture;
            avx512_bf16::interleave(from, two ? from + _walk.picture : nullptr, _walk.picture,
                                    windows.get() + p * _walk.picture);
            auto gradient = static_cast<const uint16_t*>(outgoing) + n * of_picture;
            auto rows = _channels == _walk.outs ? 1 : pixels, row = of_picture / rows;
            for (int64_t i = 0; i < rows; i++)
                avx512_bf16::interleave(gradient + i * row, two ? gradient + of_picture + i * row : nullptr, row,
                                        to + i * _walk.outs);
        }
        const void* from = static_cast<const float*>(x) + start * _walk.picture;
        const void* by = static_cast<const float*>(outgoing) + start * of_picture;
        if (pairs) from = windows.get();
        if (copied) by = places.get();
        auto gradient = _kind == Kind::avx2 ? &avx2::gradient : pairs ? &avx512_bf16::gradient : &avx512::gradient;
        gradient(_walk, from, by, pictures, sums);
    }
}

void WeightGradient::write(const float* sums, void* weight) const {
    auto elements = _walk.kernel_rows * _walk.window;
    for (int64_t out = 0; out < _channels; out++)
        for (int64_t e = 0; e < elements; e++) {
            auto value = sums[e * _walk.outs + out];
            if (_kind == Kind::avx512_bf16) narrow(value, static_cast<uint16_t*>(weight)[out * elements + e]);
            else static_cast<float*>(weight)[out * elements + e] = value;
        }
}

}  // namespace reverie::windows
#endif
