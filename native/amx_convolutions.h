// Convolutions of channels-last pictures in bfloat16 on the matrix tiles (AMX) of x86 processors, with sums in float32.
// Windows of a picture are read where they lie, by the distance from one to the next; no patches are written out. Knows
// plain pointers only; each call works on a range of pictures, so that a caller can share them out to threads.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define REVERIE_HAS_AMX 1               // the compiler has; whether the processor does, the level in force says
#endif

namespace reverie::amx {

using bf16 = uint16_t;

struct Release {
    void operator()(void* memory) const { std::free(memory); }
};

// Memory of the tiles' alignment.
template <class T>
using Buffer = std::unique_ptr<T[], Release>;

enum class Activation : int64_t { none, relu, elu, tanh, sigmoid };

struct Picture {
    int64_t height, width, channels;
    int64_t size() const { return height * width * channels; }
};

// (out, in, kernel, kernel), wherever the elements lie.
struct Weight {
    const bf16* data;
    int64_t out, in, kernel;
    int64_t strides[4];
};

// A picture as the tiles read it: its rows in one plane for each row of the stride, with zeros around them. Then one
// distance leads from each place of the kernel to the next, over the ends of rows too, where `pitch - columns` places
// stand for nothing; a tile takes 16 in a row.
struct Grid {
    Grid(Picture in, int64_t padding, int64_t kernel, int64_t stride, int64_t rows, int64_t columns);

    int64_t places() const { return (rows - 1) * pitch + columns; }
    int64_t tiles() const { return (places() + 15) / 16; }
    // Elements from one place to the next, and where those of a row of the kernel begin.
    int64_t step() const { return stride * in.channels; }
    int64_t start(int64_t kernel_row) const { return kernel_row % stride * plane + kernel_row / stride * width; }

    Picture in;
    int64_t padding, stride;
    int64_t rows, columns, pitch;       // places
    int64_t width, plane, size;         // elements of a row, of a plane, and of all that a tile may read
};

// A convolution without padding, or a transposed one of stride 2, then bias and activation; made for one weight. With a
// kernel of 1 it is a dense layer over the pixels.
class Convolution {
public:
    // bias: a float for each channel, or null.
    static Convolution plain(Picture in, const Weight& weight, int64_t stride, const float* bias,
                             Activation activation);

    // `out` may be larger than what the kernel reaches from `in`: the rest is bias alone.
    static Convolution transposed(Picture in, Picture out, const Weight& weight, const float* bias,
                                  Activation activation);

    // Pictures `first` to before `last` of x into y.
    void run(const bf16* x, bf16* y, int64_t first, int64_t last) const;

    // The same with a kernel of 1 of pictures whose first channels are those of x, and the rest those of `more`.
    void run(const bf16* x, int64_t channels, const bf16* more, bf16* y, int64_t first, int64_t last) const;

private:
    Convolution(Grid grid, Picture out, int64_t kernel, int64_t scale, Activation activation);
    template <class Address>
    void pack(const Weight& weight, const float* bias, Address address);
    void products(const bf16* read, bf16* y) const;
    template <int Rows, int Columns>
    void product(const bf16* x, bf16* y, int64_t tile, int64_t column) const;
    void store(const float* sums, bf16* y, int64_t tile, int64_t column) const;

    Grid _grid;
    Picture _out;
    int64_t _kernel;                    // over the grid
    int64_t _scale;                     // each place makes scale by scale pixels
    int64_t _part;                      // numbers that a place makes for one row of pixels
    int64_t _parts_together;            // such rows in one tile, where they are short
    int64_t _part_tiles;                // tiles for a row, where they are long
    int64_t _column_tiles;
    int64_t _steps;                     // tiles that hold one row of a window
    Activation _activation;
    Buffer<bf16> _weight;               // (column tile, kernel row, step, 16, 16, 2)
    Buffer<float> _bias;                // (column tile, 16)
};

// The gradient of a convolution's weight: Σ over pictures and places of outgoing[o] · window[row, column, c].
class WeightGradient {
public:
    WeightGradient(Picture in, Picture outgoing, int64_t kernel, int64_t stride);

    // How many floats the sums are, and how many pictures are best added in one go.
    int64_t size() const { return _out_tiles * _kernel * _window_tiles * 256; }
    int64_t group() const { return 2 * _pairs; }

    // Adds pictures `first` to before `last` to `sums`.
    void add(const bf16* x, const bf16* outgoing, int64_t first, int64_t last, float* sums) const;

    // sums to (out, kernel, kernel, in).
    void write(const float* sums, bf16* weight) const;

private:
    void interleave(const bf16* first, const bf16* second, uint32_t* windows) const;
    void transpose(const bf16* first, const bf16* second, uint32_t* tiles) const;
    template <int Outs, int Windows>
    void product(const uint32_t* windows, const uint32_t* outgoing, int64_t pairs, int64_t out, int64_t row,
                 int64_t window, float* sums) const;

    Grid _grid;
    int64_t _channels, _kernel;
    int64_t _out_tiles, _window_tiles;
    int64_t _outgoing_size;             // pairs of elements
    int64_t _pairs;                     // pairs of pictures in a group
};

}  // namespace reverie::amx
