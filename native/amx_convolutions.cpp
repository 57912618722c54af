#include "amx_tiles.h"

#ifdef REVERIE_HAS_AMX

namespace reverie::amx {

namespace {

// weights[out][element] with the elements of each of up to 16 outs in one piece -> tiles (16 pairs of elements, 16 outs).
void pack_windows(const bf16* weights, int64_t out_stride, int64_t outs, int64_t elements, bf16* tiles) {
    for (int64_t e = 0; e < elements; e += 2 * side, tiles += tile_bf16) {
        auto mask = static_cast<__mmask32>((uint64_t{1} << std::min(elements - e, 2 * side)) - 1);
        __m512i rows[16];
        for (int64_t o = 0; o < side; o++)
            rows[o] = o < outs ? _mm512_maskz_loadu_epi16(mask, weights + o * out_stride + e) : _mm512_setzero_si512();
        transpose_tile(rows);
        for (int64_t i = 0; i < side; i++) _mm512_storeu_si512(tiles + i * 2 * side, rows[i]);
    }
}

// weights[in][out] with up to 16 outs in one piece -> (pairs of ins, 16 outs); the number of ins is even.
void pack_outs(const bf16* weights, int64_t in_stride, int64_t outs, int64_t ins, bf16* to) {
    for (int64_t i = 0; i < ins; i += 2, to += 2 * side) {
        auto from = weights + i * in_stride;
        _mm512_storeu_si512(to, pairs_of(from, from + in_stride, lanes(outs)));
    }
}

// eˣ to a few units of float32's last place; 0 below its range.
__m512 exponential(__m512 x) {
    auto scaled = _mm512_mul_ps(x, _mm512_set1_ps(1.44269504f));
    auto whole = _mm512_roundscale_ps(scaled, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    auto t = _mm512_sub_ps(scaled, whole);
    // 2ᵗ on [−½, ½] by its series: ln(2)ⁿ / n!
    auto sum = _mm512_set1_ps(1.54035304e-4f);
    for (auto coefficient : {1.33335581e-3f, 9.61812911e-3f, 5.55041087e-2f, 2.40226507e-1f, 6.93147181e-1f, 1.0f})
        sum = _mm512_fmadd_ps(sum, t, _mm512_set1_ps(coefficient));
    return _mm512_scalef_ps(sum, whole);
}

// 1 / x by Newton's step from fourteen bits: twice as many, and sooner than a division.
__m512 reciprocal(__m512 x) {
    auto close = _mm512_rcp14_ps(x);
    return _mm512_mul_ps(close, _mm512_fnmadd_ps(x, close, _mm512_set1_ps(2)));
}

template <Activation Of>
__m512 activate(__m512 x) {
    auto zero = _mm512_setzero_ps();
    if constexpr (Of == Activation::none) return x;
    // With the value second, what is not a number stays so.
    if constexpr (Of == Activation::relu) return _mm512_max_ps(zero, x);
    auto one = _mm512_set1_ps(1);
    if constexpr (Of == Activation::elu) {
        auto below = _mm512_cmp_ps_mask(x, zero, _CMP_LT_OQ);
        auto within = _mm512_max_ps(_mm512_set1_ps(-80), x);        // as good as −∞, whose exponential is no number here
        return below == 0 ? x : _mm512_mask_sub_ps(x, below, exponential(within), one);
    }
    // Beyond these both are at their bounds.
    auto most = _mm512_set1_ps(40);
    auto within = _mm512_max_ps(_mm512_set1_ps(-40), _mm512_min_ps(most, x));
    if constexpr (Of == Activation::sigmoid)
        return reciprocal(_mm512_add_ps(one, exponential(_mm512_sub_ps(zero, within))));
    // tanh x = 1 − 2 / (e²ˣ + 1)
    auto square = exponential(_mm512_add_ps(within, within));
    return _mm512_fnmadd_ps(_mm512_set1_ps(2), reciprocal(_mm512_add_ps(square, one)), one);
}

// Rows of sums, 16 lanes each, of which `lanes_used` count, to pixels that are `distance` apart and end before `end`.
template <Activation Of>
void store_pixels(const float* sums, const float* bias, int64_t count, bf16* to, int64_t distance, int64_t lanes_used,
                  const bf16* end) {
    auto constants = _mm512_loadu_ps(bias);
    for (int64_t i = 0; i < count; i++, to += distance) {
        auto value = activate<Of>(_mm512_add_ps(_mm512_loadu_ps(sums + i * side), constants));
        auto narrow = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value));
        auto room = std::min<int64_t>(lanes_used, end - to);
        if (room == side)
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), narrow);
        else
            _mm256_mask_storeu_epi16(to, lanes(room), narrow);
    }
}

auto store_of(Activation activation) {
    switch (activation) {
        case Activation::relu: return &store_pixels<Activation::relu>;
        case Activation::elu: return &store_pixels<Activation::elu>;
        case Activation::tanh: return &store_pixels<Activation::tanh>;
        case Activation::sigmoid: return &store_pixels<Activation::sigmoid>;
        default: return &store_pixels<Activation::none>;
    }
}

}  // namespace

Grid::Grid(Picture in, int64_t padding, int64_t kernel, int64_t stride, int64_t rows, int64_t columns)
    : in(in), padding(padding), stride(stride), rows(rows), columns(columns) {
    auto reach = up(kernel - 1, stride);                // places that a window reaches beyond its own
    pitch = std::max(columns + reach, up(in.width + padding, stride));
    width = pitch * stride * in.channels;
    plane = std::max(rows + reach, up(in.height + padding, stride)) * width;
    // The last tile's last place, the last step of its window.
    size = stride * plane + side * step() + 2 * side;
}

Convolution::Convolution(Grid grid, Picture out, int64_t kernel, int64_t scale, Activation activation)
    : _grid(grid), _out(out), _kernel(kernel), _scale(scale), _part(scale * out.channels),
      _parts_together(scale * _part <= side ? scale : 1), _part_tiles(up(_part, side)),
      _column_tiles(_scale / _parts_together * _part_tiles), _steps(up(kernel * grid.in.channels, 2 * side)),
      _activation(activation) {}

// address(part, pixel, out, kernel row, kernel column): where the weights of all inputs begin, or null for zeros; `part`
// is the row and `pixel` the column among the scale by scale pixels.
template <class Address>
void Convolution::pack(const Weight& weight, const float* bias, Address address) {
    auto in = _grid.in.channels, size = _steps * tile_bf16;
    auto in_stride = weight.strides[1];
    _weight = zeros<bf16>(_column_tiles * _kernel * size);
    _bias = zeros<float>((_column_tiles + 1) * side);
    // Lanes of a tile that are outputs one after the other, of one pixel; windows whose row lies in one piece.
    auto outs_together = weight.strides[0] == 1 && (_scale == 1 || _out.channels % side == 0);
    auto window_together = _scale == 1 && in_stride == 1 && (_kernel == 1 || weight.strides[3] == in);
    auto most = outs_together || window_together ? side : 1;
    for (int64_t part = 0; part < _scale; part++)
        for (int64_t pixel = 0; pixel < _scale; pixel++)
            for (int64_t out = 0; out < _out.channels; out += most) {
                auto column = part * (_parts_together > 1 ? _part : _part_tiles * side) + pixel * _out.channels + out;
                auto tile = column / side, lane = column % side, outs = std::min(most, _out.channels - out);
                if (bias) std::memcpy(_bias.get() + column, bias + out, outs * sizeof(float));
                for (int64_t row = 0; row < _kernel; row++) {
                    auto to = _weight.get() + (tile * _kernel + row) * size;
                    if (window_together)
                        pack_windows(address(part, pixel, out, row, 0), weight.strides[0], outs, _kernel * in, to);
                    else
                        for (int64_t k = 0; k < _kernel; k++) {
                            auto from = address(part, pixel, out, row, k);
                            if (!from) continue;
                            if (outs_together && in % 2 == 0)
                                pack_outs(from, in_stride, outs, in, to + k * in * side);
                            else
                                for (int64_t o = 0; o < outs; o++)
                                    for (int64_t i = 0, e = k * in; i < in; i++, e++)
                                        to[e / 2 * 2 * side + 2 * (lane + o) + e % 2]
                                            = from[o * weight.strides[0] + i * in_stride];
                        }
                }
            }
}

Convolution Convolution::plain(Picture in, const Weight& w, int64_t stride, const float* bias, Activation activation) {
    Picture out{(in.height - w.kernel) / stride + 1, (in.width - w.kernel) / stride + 1, w.out};
    Convolution result(Grid(in, 0, w.kernel, stride, out.height, out.width), out, w.kernel, 1, activation);
    result.pack(w, bias, [&](int64_t, int64_t, int64_t o, int64_t row, int64_t column) {
        return w.data + o * w.strides[0] + row * w.strides[2] + column * w.strides[3];
    });
    return result;
}

// Every second row and column of the kernel meets the same pixels: four small convolutions of stride 1 over the padded
// picture, one for each of 2 by 2 pixels (Shi et al. 2016), in one product.
Convolution Convolution::transposed(Picture in, Picture out, const Weight& w, const float* bias, Activation activation) {
    auto half = up(w.kernel, 2);
    Convolution result(Grid(in, half - 1, half, 1, up(out.height, 2), up(out.width, 2)), out, half, 2, activation);
    result.pack(w, bias, [&](int64_t part, int64_t pixel, int64_t o, int64_t row, int64_t column) -> const bf16* {
        auto r = 2 * (half - 1 - row) + part, c = 2 * (half - 1 - column) + pixel;
        if (r >= w.kernel || c >= w.kernel) return nullptr;
        return w.data + o * w.strides[0] + r * w.strides[2] + c * w.strides[3];
    });
    return result;
}

void Convolution::run(const bf16* x, bf16* y, int64_t first, int64_t last) const {
    Tiles tiles;
    auto read = zeros<bf16>(_grid.size);
    auto row = _grid.in.width * _grid.in.channels;
    for (auto n = first; n < last; n++) {
        auto from = x + n * _grid.in.size();
        for (int64_t r = 0; r < _grid.in.height; r++)
            std::memcpy(read.get() + _grid.start(r + _grid.padding) + _grid.padding * _grid.in.channels, from + r * row,
                        row * sizeof(bf16));
        products(read.get(), y + n * _out.size());
    }
}

void Convolution::run(const bf16* x, int64_t channels, const bf16* more, bf16* y, int64_t first, int64_t last) const {
    Tiles tiles;
    auto read = zeros<bf16>(_grid.size);
    auto pixels = _grid.in.height * _grid.in.width, all = _grid.in.channels, rest = all - channels;
    for (auto n = first; n < last; n++) {
        for (int64_t p = 0; p < pixels; p++) {
            std::memcpy(read.get() + p * all, x + (n * pixels + p) * channels, channels * sizeof(bf16));
            std::memcpy(read.get() + p * all + channels, more + (n * pixels + p) * rest, rest * sizeof(bf16));
        }
        products(read.get(), y + n * _out.size());
    }
}

void Convolution::products(const bf16* read, bf16* y) const {
    for (int64_t tile = 0; tile < _grid.tiles(); tile += 2)
        for (int64_t column = 0; column < _column_tiles; column += 2) {
            auto two = tile + 1 < _grid.tiles(), wide = column + 1 < _column_tiles;
            auto run = two ? wide ? &Convolution::product<2, 2> : &Convolution::product<2, 1>
                           : wide ? &Convolution::product<1, 2> : &Convolution::product<1, 1>;
            (this->*run)(read, y, tile, column);
        }
}

template <int Rows, int Columns>
void Convolution::product(const bf16* x, bf16* y, int64_t tile, int64_t column) const {
    auto distance = _grid.step() * sizeof(bf16);
    auto column_size = _kernel * _steps * tile_bf16;
    auto weight = _weight.get() + column * column_size;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int64_t row = 0; row < _kernel; row++) {
        auto from = x + _grid.start(row) + tile * side * _grid.step();
        for (int64_t step = 0; step < _steps; step++, weight += tile_bf16, from += 2 * side) {
            _tile_loadd(6, weight, 64);
            _tile_loadd(4, from, distance);
            _tile_dpbf16ps(0, 4, 6);
            if constexpr (Rows == 2) {
                _tile_loadd(5, from + side * _grid.step(), distance);
                _tile_dpbf16ps(1, 5, 6);
            }
            if constexpr (Columns == 2) {
                _tile_loadd(7, weight + column_size, 64);
                _tile_dpbf16ps(2, 4, 7);
            }
            if constexpr (Rows == 2 && Columns == 2) _tile_dpbf16ps(3, 5, 7);
        }
    }
    alignas(64) float sums[tile_floats + side];
    _tile_stored(0, sums, 64);
    store(sums, y, tile, column);
    if constexpr (Rows == 2) {
        _tile_stored(1, sums, 64);
        store(sums, y, tile + 1, column);
    }
    if constexpr (Columns == 2) {
        _tile_stored(2, sums, 64);
        store(sums, y, tile, column + 1);
    }
    if constexpr (Rows == 2 && Columns == 2) {
        _tile_stored(3, sums, 64);
        store(sums, y, tile + 1, column + 1);
    }
}

void Convolution::store(const float* sums, bf16* y, int64_t tile, int64_t column) const {
    auto width = _out.width * _out.channels;
    for (int64_t together = 0; together < _parts_together; together++) {
        auto part = column / _part_tiles + together, offset = column % _part_tiles * side;
        auto shift = together * _part;                  // lanes
        auto place = tile * side, row = place / _grid.pitch, at = place % _grid.pitch;
        for (int64_t i = 0; i < side; row++, at = 0) {
            // Places of one row: pixels, then those between its end and the next row's beginning.
            auto y_row = row * _scale + part, pixels = row < _grid.rows && y_row < _out.height ? _grid.columns - at : 0;
            auto here = std::min(side - i, _grid.pitch - at);
            auto line = y + y_row * width;
            store_of(_activation)(sums + i * side + shift, _bias.get() + column * side + shift, std::min(here, pixels),
                                  line + at * _part + offset, _part, std::min(_part - offset, side), line + width);
            i += here;
        }
    }
}

}  // namespace reverie::amx
#endif
