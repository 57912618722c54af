// Convolutions of channels-last pictures and the gradients of their weights in the processor's vectors: float32 with AVX2
// or AVX-512, bfloat16 with AVX-512, whose products are of pairs. Sums are float32. Windows are read where they lie. Knows
// plain pointers only; each call works on a range of pictures, so that a caller can share them out to threads.
#pragma once
#include "amx_convolutions.h"

#include <vector>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 10
#define REVERIE_HAS_VECTORS 1           // the compiler has; what the processor has, the level in force says
#endif

namespace reverie::windows {

using amx::Activation;
using amx::Buffer;
using amx::Picture;

enum class Kind { avx2, avx512, avx512_bf16 };

// (out, in, kernel, kernel) of float, or of bfloat16 as its kind has it, wherever the elements lie.
struct Weight {
    const void* data;
    int64_t out, in, kernel;
    int64_t strides[4];
};

// One product over the places of a picture. Distances are in elements, those of the picture that is read, or of the one
// that is made.
struct Part {
    int64_t rows, columns;                  // places
    int64_t start, row, down, right;        // the first window; the picture's next row; the next place below and beside
    int64_t kernel_rows, window;            // rows of a window, elements of such a row
    int64_t units;                          // the latter in products: pairs in bfloat16
    int64_t outs;                           // numbers that a place makes
    int64_t y_start, y_down, y_right;
    int64_t outs_of_row, y_row;             // after so many of them the others belong to the next row of pixels
    Activation activation;
    Buffer<char> weights;                   // (one or two vectors of outs, kernel row, unit, outs)
    Buffer<float> bias;                     // outs, filled up to whole vectors
};

// A convolution without padding, or a transposed one of stride 2, then bias and activation; made for one weight.
class Convolution {
public:
    // bias: a float for each channel, or null.
    static Convolution plain(Kind kind, Picture in, const Weight& weight, int64_t stride, const float* bias,
                             Activation activation);

    // `out` may be larger than what the kernel reaches from `in`: the rest is bias alone.
    static Convolution transposed(Kind kind, Picture in, Picture out, const Weight& weight, const float* bias,
                                  Activation activation);

    // Pictures `first` to before `last` of x into y, elements of the kind's type.
    void run(const void* x, void* y, int64_t first, int64_t last) const;

private:
    Convolution(Kind kind, Picture in, Picture out) : _kind(kind), _in(in), _out(out) {}
    Part part(int64_t rows, int64_t columns, int64_t stride, int64_t kernel_rows, int64_t kernel_columns, int64_t outs,
              Activation activation) const;
    template <class Address>
    void pack(Part& part, const Weight& weight, const float* bias, Address address) const;

    Kind _kind;
    Picture _in, _out;
    int64_t _padding = 0, _height = 0, _width = 0;  // of a copy, where the picture is not read itself
    std::vector<Part> _parts;
};

// How the gradient of a weight walks over pictures, in 32-bit units: floats, or what two pictures have at one place.
struct Walk {
    int64_t rows, columns;                  // places
    int64_t row, down, right, picture;      // of what is read by windows, as in Part
    int64_t kernel_rows, window, outs;      // outs are whole vectors
    int64_t places() const { return rows * columns * outs; }
};

// The gradient of a convolution's weight: Σ over pictures and places of outgoing[o] · window[row, column, c].
class WeightGradient {
public:
    WeightGradient(Kind kind, Picture in, Picture outgoing, int64_t kernel, int64_t stride);

    // How many floats the sums are, and how many pictures are best added in one go.
    int64_t size() const { return _walk.kernel_rows * _walk.window * _walk.outs; }
    int64_t group() const { return _pictures * (_kind == Kind::avx512_bf16 ? 2 : 1); }

    // Adds pictures `first` to before `last` to `sums`.
    void add(const void* x, const void* outgoing, int64_t first, int64_t last, float* sums) const;

    // sums to (out, kernel, kernel, in).
    void write(const float* sums, void* weight) const;

private:
    Kind _kind;
    int64_t _channels, _places, _pictures;  // outgoing; the last in units
    Walk _walk;
};

}  // namespace reverie::windows
