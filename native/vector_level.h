// The loops of vector_windows.cpp, which includes this once for each level, in a namespace that has: LEVEL, the target's
// attribute; Element and Vector; `width`, lanes of a Vector; `most`, rows of a tile of two vectors; load, repeated, add,
// store and store_some. No include guard.

using Tile = void (*)(const Part&, const char* x, const char* weights, const float* bias, Element* y, int64_t lane);

template <Activation Of>
LEVEL ALWAYS_INLINE void activate_all(float* __restrict values, int64_t count) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i++) {
        auto x = values[i];
        if constexpr (Of == Activation::elu) values[i] = x > 0 ? x : exponential(bounded(x)) - 1;
        else if constexpr (Of == Activation::tanh) values[i] = tanh_of(x);
        else values[i] = sigmoid(x);
    }
}

LEVEL inline void bend(Activation activation, float* values, int64_t count) {
    if (activation == Activation::elu) activate_all<Activation::elu>(values, count);
    else if (activation == Activation::tanh) activate_all<Activation::tanh>(values, count);
    else activate_all<Activation::sigmoid>(values, count);
}

// `Rows` places beside each other by `Vectors` vectors of outs, from `lane` on.
template <int Vectors, int Rows>
LEVEL void tile(const Part& part, const char* x, const char* weights, const float* bias, Element* y, int64_t lane) {
    constexpr int groups = (Rows + 2) / 3;                  // rows that one address and a distance reach
    constexpr int64_t size = sizeof(Element);
    auto distance = part.right * size, next = part.row * size;
    Vector sums[Rows][Vectors];
    for (int v = 0; v < Vectors; v++)
        for (int r = 0; r < Rows; r++) sums[r][v] = load(bias + v * width);
    for (int64_t kernel_row = 0; kernel_row < part.kernel_rows; kernel_row++, x += next) {
        const char* from[groups];
        for (int g = 0; g < groups; g++) from[g] = x + 3 * g * distance;
        for (auto units = part.units; units > 0; units--, weights += Vectors * sizeof(Vector)) {
            Vector factors[Vectors];
            for (int v = 0; v < Vectors; v++) factors[v] = load(weights + v * sizeof(Vector));
#pragma GCC unroll 16
            for (int r = 0; r < Rows; r++) {
                auto one = repeated(from[r / 3] + r % 3 * distance);
                for (int v = 0; v < Vectors; v++) add(sums[r][v], one, factors[v]);
            }
#pragma GCC unroll 16
            for (int g = 0; g < groups; g++) {
                from[g] += 4;
                asm("" : "+r"(from[g]));                    // or each row gets an address of its own, which are too many
            }
        }
    }
    if (part.activation == Activation::relu)
        for (auto& row : sums)
            for (auto& sum : row) sum = not_below_zero(sum);
    else if (part.activation != Activation::none) {
        alignas(64) float values[Rows * Vectors * width];
        std::memcpy(values, sums, sizeof values);
        bend(part.activation, values, Rows * Vectors * width);
        std::memcpy(sums, values, sizeof values);
    }
    for (int v = 0; v < Vectors; v++, lane += width) {
        auto left = part.outs - lane;
        if (left >= width && part.outs_of_row == part.outs) {
            for (int r = 0; r < Rows; r++) store(y + r * part.y_right + lane, sums[r][v]);
            continue;
        }
        for (int64_t begin = 0; begin < part.outs; begin += part.outs_of_row, y += part.y_row - part.outs_of_row) {
            auto first = std::max<int64_t>(0, begin - lane);
            auto last = std::min<int64_t>(width, begin + part.outs_of_row - lane);
            if (first < last)
                for (int r = 0; r < Rows; r++) store_some(y + r * part.y_right + lane, sums[r][v], first, last);
        }
        y -= part.outs / part.outs_of_row * (part.y_row - part.outs_of_row);
    }
}

template <int Vectors, int... Rows>
constexpr auto tiles_of(std::integer_sequence<int, Rows...>) {
    return std::array<Tile, sizeof...(Rows)>{&tile<Vectors, Rows + 1>...};
}

LEVEL void product(const Part& part, const void* x, void* y) {
    static constexpr auto wide = tiles_of<2>(std::make_integer_sequence<int, most>());
    static constexpr auto narrow = tiles_of<1>(std::make_integer_sequence<int, 12>());
    auto from = static_cast<const char*>(x), weights = static_cast<const char*>(part.weights.get());
    auto to = static_cast<Element*>(y);
    for (int64_t lane = 0; lane < part.outs;) {
        auto two = part.outs - lane > width;
        int64_t rows = two ? most : 12, tiles = (part.columns + rows - 1) / rows;
        for (int64_t r = 0; r < part.rows; r++)
            for (int64_t t = 0; t < tiles; t++) {
                auto first = part.columns * t / tiles, count = part.columns * (t + 1) / tiles - first;
                (two ? wide[count - 1] : narrow[count - 1])(
                    part, from + sizeof(Element) * (part.start + r * part.down + first * part.right), weights,
                    part.bias.get() + lane, to + part.y_start + r * part.y_down + first * part.y_right, lane);
            }
        weights += (two ? 2 : 1) * sizeof(Vector) * part.kernel_rows * part.units;
        lane += (two ? 2 : 1) * width;
    }
}

using Slice = void (*)(const Walk&, const char* x, const char* outgoing, int64_t pictures, float* sums);

// `Elements` of a row of the windows by `Vectors` vectors of outs, added up over all places.
template <int Vectors, int Elements>
LEVEL void slice(const Walk& walk, const char* x, const char* outgoing, int64_t pictures, float* sums) {
    Vector added[Elements][Vectors] = {};
    for (int64_t n = 0; n < pictures; n++)
        for (int64_t r = 0; r < walk.rows; r++) {
            auto from = x + 4 * (n * walk.picture + r * walk.down);
            auto factors = outgoing + 4 * (n * walk.rows + r) * walk.columns * walk.outs;
            for (auto places = walk.columns; places > 0; places--, from += 4 * walk.right, factors += 4 * walk.outs) {
                Vector outs[Vectors];
                for (int v = 0; v < Vectors; v++) outs[v] = load(factors + v * sizeof(Vector));
#pragma GCC unroll 16
                for (int e = 0; e < Elements; e++) {
                    auto one = repeated(from + 4 * e);
                    for (int v = 0; v < Vectors; v++) add(added[e][v], one, outs[v]);
                }
            }
        }
    // What one call adds up begins at zero, so that long sums do not lose what short ones keep.
    for (int e = 0; e < Elements; e++)
        for (int v = 0; v < Vectors; v++) {
            auto to = sums + e * walk.outs + v * width;
            keep(to, load(to) + added[e][v]);
        }
}

template <int Vectors, int... Elements>
constexpr auto slices_of(std::integer_sequence<int, Elements...>) {
    return std::array<Slice, sizeof...(Elements)>{&slice<Vectors, Elements + 1>...};
}

LEVEL void gradient(const Walk& walk, const void* x, const void* outgoing, int64_t pictures, float* sums) {
    static constexpr auto wide = slices_of<2>(std::make_integer_sequence<int, most>());
    static constexpr auto narrow = slices_of<1>(std::make_integer_sequence<int, 12>());
    for (int64_t row = 0; row < walk.kernel_rows; row++)
        for (int64_t out = 0; out < walk.outs;) {
            auto two = walk.outs - out > width;
            int64_t elements = two ? most : 12, slices = (walk.window + elements - 1) / elements;
            for (int64_t s = 0; s < slices; s++) {
                auto first = walk.window * s / slices, count = walk.window * (s + 1) / slices - first;
                (two ? wide[count - 1] : narrow[count - 1])(
                    walk, static_cast<const char*>(x) + 4 * (row * walk.row + first),
                    static_cast<const char*>(outgoing) + 4 * out, pictures,
                    sums + (row * walk.window + first) * walk.outs + out);
            }
            out += (two ? 2 : 1) * width;
        }
}
