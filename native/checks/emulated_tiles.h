// The matrix tiles of x86 in plain C++, so that the products on them are tried where the processor has none. A tile is
// 16 rows of 64 bytes, as amx_tiles.h configures all of them.
#pragma once
#include "../torch_scalars.h"

#include <cstdint>
#include <cstring>

namespace emulated {

inline thread_local uint32_t tiles[8][16][16];

inline void load(int tile, const void* from, int64_t distance) {
    auto bytes = static_cast<const char*>(from);
    for (int row = 0; row < 16; row++) std::memcpy(tiles[tile][row], bytes + row * distance, 64);
}

inline void store(int tile, void* to, int64_t distance) {
    auto bytes = static_cast<char*>(to);
    for (int row = 0; row < 16; row++) std::memcpy(bytes + row * distance, tiles[tile][row], 64);
}

inline float number(uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

inline float low(uint32_t pair) { return reverie::widen(static_cast<uint16_t>(pair)); }

// to[m][n] += Σ left[m][2k]·right[k][2n] + left[m][2k+1]·right[k][2n+1], in float.
inline void multiply(int to, int left, int right) {
    for (int m = 0; m < 16; m++)
        for (int n = 0; n < 16; n++) {
            float sum = number(tiles[to][m][n]);
            for (int k = 0; k < 16; k++) {
                auto a = tiles[left][m][k], b = tiles[right][k][n];
                sum += low(a) * low(b);
                sum += low(a >> 16) * low(b >> 16);
            }
            std::memcpy(&tiles[to][m][n], &sum, sizeof sum);
        }
}

}  // namespace emulated

#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps
#define _tile_loadconfig(config) static_cast<void>(config)
#define _tile_release() static_cast<void>(0)
#define _tile_loadd(tile, from, distance) emulated::load(tile, from, distance)
#define _tile_stored(tile, to, distance) emulated::store(tile, to, distance)
#define _tile_zero(tile) std::memset(emulated::tiles[tile], 0, sizeof emulated::tiles[tile])
#define _tile_dpbf16ps(to, left, right) emulated::multiply(to, left, right)
