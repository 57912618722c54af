// What the products on tiles share: memory, the tiles' shape, orders of numbers. For files that are compiled for AMX alone;
// nothing of it may be reached on other processors.
#pragma once
#include "amx_convolutions.h"

#ifdef REVERIE_HAS_AMX
#include <algorithm>
#include <cstring>
#include <immintrin.h>

// Before any function, so that no copy of one is made for another processor.
#pragma GCC target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")
#ifdef REVERIE_EMULATE_TILES            // scripts/campaign/tiles
#include "checks/emulated_tiles.h"
#endif

namespace reverie::amx {

namespace {

constexpr int64_t side = 16;                // rows of a tile, and 32-bit columns
constexpr int64_t tile_floats = side * side;
constexpr int64_t tile_bf16 = 2 * tile_floats;

[[maybe_unused]] int64_t up(int64_t count, int64_t unit) { return (count + unit - 1) / unit; }

template <class T>
Buffer<T> zeros(int64_t count) {
    auto bytes = up(count * sizeof(T), 64) * 64;
    auto memory = std::aligned_alloc(64, bytes);
    std::memset(memory, 0, bytes);
    return Buffer<T>(static_cast<T*>(memory));
}

// Tiles 0–3 take sums; 4 and 5 hold the left factor, 6 and 7 the right one in pairs of rows.
struct alignas(64) TileConfig {
    uint8_t palette = 1, start_row = 0, reserved[14] = {};
    uint16_t bytes[16] = {};
    uint8_t rows[16] = {};

    TileConfig() {
        for (int t = 0; t < 8; t++) bytes[t] = 64, rows[t] = 16;
    }
};

struct Tiles {
    Tiles() {
        TileConfig config;
        _tile_loadconfig(&config);
    }
    ~Tiles() { _tile_release(); }
};

// The first so many.
[[maybe_unused]] __mmask16 lanes(int64_t count) { return static_cast<__mmask16>((1u << std::clamp<int64_t>(count, 0, side)) - 1); }

// Elements of two pictures side by side, the first in the low half.
[[maybe_unused]] __m512i pairs_of(const bf16* first, const bf16* second, __mmask16 mask) {
    auto low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, first));
    if (!second) return low;
    return _mm512_or_si512(low, _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, second)), 16));
}

// rows[i] lane j -> rows[j] lane i.
[[maybe_unused]] void transpose_tile(__m512i (&rows)[16]) {
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        rows[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        rows[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        rows[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        rows[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    // Now rows[4 g + c] holds, in its quarter q, column 4 q + c of rows 4 g … 4 g + 3.
    for (int c = 0; c < 4; c++) {
        auto low01 = _mm512_shuffle_i32x4(rows[c], rows[4 + c], 0x88);
        auto high01 = _mm512_shuffle_i32x4(rows[c], rows[4 + c], 0xdd);
        auto low23 = _mm512_shuffle_i32x4(rows[8 + c], rows[12 + c], 0x88);
        auto high23 = _mm512_shuffle_i32x4(rows[8 + c], rows[12 + c], 0xdd);
        t[c] = _mm512_shuffle_i32x4(low01, low23, 0x88);
        t[8 + c] = _mm512_shuffle_i32x4(low01, low23, 0xdd);
        t[4 + c] = _mm512_shuffle_i32x4(high01, high23, 0x88);
        t[12 + c] = _mm512_shuffle_i32x4(high01, high23, 0xdd);
    }
    std::memcpy(rows, t, sizeof rows);
}

}  // namespace

}  // namespace reverie::amx
#endif
