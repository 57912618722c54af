#include "amx_tiles.h"

#ifdef REVERIE_HAS_AMX

namespace reverie::amx {

// Places are the depth of this product. Two pictures lie interleaved, so that a tile's pairs of rows are the same place in
// both: a tile of windows is then again read where it lies.
WeightGradient::WeightGradient(Picture in, Picture outgoing, int64_t kernel, int64_t stride)
    : _grid(in, 0, kernel, stride, outgoing.height, outgoing.width), _channels(outgoing.channels), _kernel(kernel),
      _out_tiles(up(outgoing.channels, side)), _window_tiles(up(kernel * in.channels, side)),
      _outgoing_size(_grid.tiles() * _out_tiles * tile_floats) {
    _grid.size = up(_grid.size, side) * side;
    constexpr int64_t fits = 128 * 1024;                // pairs: a quarter of a second-level cache
    _pairs = std::clamp<int64_t>(fits / (_grid.size + _outgoing_size), 1, 16);
}

void WeightGradient::add(const bf16* x, const bf16* outgoing, int64_t first, int64_t last, float* sums) const {
    auto windows = zeros<uint32_t>(_pairs * _grid.size), gradients = zeros<uint32_t>(_pairs * _outgoing_size);
    auto outgoing_size = _grid.rows * _grid.columns * _channels;
    Tiles tiles;
    for (auto start = first; start < last; start += group()) {
        auto pairs = up(std::min(group(), last - start), 2);
        for (int64_t p = 0; p < pairs; p++) {
            auto n = start + 2 * p;
            auto second = n + 1 < last;
            interleave(x + n * _grid.in.size(), second ? x + (n + 1) * _grid.in.size() : nullptr,
                       windows.get() + p * _grid.size);
            transpose(outgoing + n * outgoing_size, second ? outgoing + (n + 1) * outgoing_size : nullptr,
                      gradients.get() + p * _outgoing_size);
        }
        for (int64_t out = 0; out < _out_tiles; out += 2)
            for (int64_t row = 0; row < _kernel; row++)
                for (int64_t window = 0; window < _window_tiles; window += 2) {
                    auto two = out + 1 < _out_tiles, wide = window + 1 < _window_tiles;
                    auto run = two ? wide ? &WeightGradient::product<2, 2> : &WeightGradient::product<2, 1>
                                   : wide ? &WeightGradient::product<1, 2> : &WeightGradient::product<1, 1>;
                    (this->*run)(windows.get(), gradients.get(), pairs, out, row, window, sums);
                }
    }
}

void WeightGradient::interleave(const bf16* first, const bf16* second, uint32_t* windows) const {
    auto row = _grid.in.width * _grid.in.channels;
    for (int64_t r = 0; r < _grid.in.height; r++)
        for (int64_t i = 0, at = r * row; i < row; i += side) {
            auto mask = lanes(row - i);
            _mm512_mask_storeu_epi32(windows + _grid.start(r) + i, mask,
                                     pairs_of(first + at + i, second ? second + at + i : nullptr, mask));
        }
}

// Tiles (tile of places, tile of channels), each channels × places.
void WeightGradient::transpose(const bf16* first, const bf16* second, uint32_t* tiles) const {
    for (int64_t tile = 0; tile < _grid.tiles(); tile++)
        for (int64_t out = 0; out < _out_tiles; out++, tiles += tile_floats) {
            auto mask = lanes(_channels - out * side);
            auto row = tile * side / _grid.pitch, at = tile * side % _grid.pitch;
            __m512i rows[16];
            for (auto& values : rows) {
                auto from = (row * _grid.columns + at) * _channels + out * side;
                values = row < _grid.rows && at < _grid.columns
                    ? pairs_of(first + from, second ? second + from : nullptr, mask) : _mm512_setzero_si512();
                if (++at == _grid.pitch) row++, at = 0;
            }
            transpose_tile(rows);
            for (int64_t i = 0; i < side; i++) _mm512_store_si512(tiles + i * side, rows[i]);
        }
}

template <int Outs, int Windows>
void WeightGradient::product(const uint32_t* windows, const uint32_t* outgoing, int64_t pairs, int64_t out, int64_t row,
                             int64_t window, float* sums) const {
    auto distance = _grid.step() * sizeof(uint32_t);
    auto at = sums + ((out * _kernel + row) * _window_tiles + window) * tile_floats;
    auto below = at + _kernel * _window_tiles * tile_floats;
    _tile_loadd(0, at, 64);
    if constexpr (Windows == 2) _tile_loadd(1, at + tile_floats, 64);
    if constexpr (Outs == 2) _tile_loadd(2, below, 64);
    if constexpr (Outs == 2 && Windows == 2) _tile_loadd(3, below + tile_floats, 64);
    for (int64_t p = 0; p < pairs; p++) {
        auto left = outgoing + p * _outgoing_size + out * tile_floats;
        auto right = windows + p * _grid.size + _grid.start(row) + window * side;
        for (int64_t t = 0; t < _grid.tiles(); t++, left += _out_tiles * tile_floats, right += side * _grid.step()) {
            _tile_loadd(4, left, 64);
            _tile_loadd(6, right, distance);
            _tile_dpbf16ps(0, 4, 6);
            if constexpr (Outs == 2) {
                _tile_loadd(5, left + tile_floats, 64);
                _tile_dpbf16ps(2, 5, 6);
            }
            if constexpr (Windows == 2) {
                _tile_loadd(7, right + side, distance);
                _tile_dpbf16ps(1, 4, 7);
            }
            if constexpr (Outs == 2 && Windows == 2) _tile_dpbf16ps(3, 5, 7);
        }
    }
    _tile_stored(0, at, 64);
    if constexpr (Windows == 2) _tile_stored(1, at + tile_floats, 64);
    if constexpr (Outs == 2) _tile_stored(2, below, 64);
    if constexpr (Outs == 2 && Windows == 2) _tile_stored(3, below + tile_floats, 64);
}

void WeightGradient::write(const float* sums, bf16* weight) const {
    for (int64_t out = 0; out < _channels; out++)
        for (int64_t row = 0; row < _kernel; row++)
            for (int64_t tile = 0; tile < _window_tiles; tile++) {
                auto at = ((out / side * _kernel + row) * _window_tiles + tile) * tile_floats + out % side * side;
                auto count = std::min(side, _kernel * _grid.in.channels - tile * side);
                _mm256_mask_storeu_epi16(weight, lanes(count),
                                         reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_loadu_ps(sums + at))));
                weight += count;
            }
}

}  // namespace reverie::amx
#endif
