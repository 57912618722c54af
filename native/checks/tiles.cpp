// Products on matrix tiles at drawn sizes against plain loops in double, on emulated tiles, between memory pages that
// nobody may touch: tiles [rounds] [seed]. Needs AVX-512 with bf16, for what is around the tiles.
#include "../amx_convolutions.h"
#include "../torch_scalars.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

using namespace reverie::amx;
using reverie::widen;

namespace {

std::mt19937_64 randomness;

int64_t draw(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(randomness); }

// Numbers that end where a forbidden page begins, or begin where one ends.
class Fenced {
public:
    explicit Fenced(int64_t count) {
        auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = count * sizeof(bf16);
        inner_ = (bytes + page - 1) / page * page;
        all_ = inner_ + 2 * page;
        memory_ = static_cast<char*>(mmap(nullptr, all_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        mprotect(memory_ + page, inner_, PROT_READ | PROT_WRITE);
        data = reinterpret_cast<bf16*>(memory_ + page + (draw(0, 1) ? inner_ - bytes : 0));
        for (int64_t i = 0; i < count; i++) {
            auto value = static_cast<float>(std::normal_distribution<>()(randomness));
            uint32_t bits;
            std::memcpy(&bits, &value, sizeof bits);
            data[i] = static_cast<bf16>(bits >> 16);
        }
    }
    ~Fenced() { munmap(memory_, all_); }
    Fenced(const Fenced&) = delete;

    bf16* data;

private:
    char* memory_;
    size_t inner_, all_;
};

struct Sum {
    double value = 0, size = 0;
    int64_t terms = 0;
    void add(double a, double b) { value += a * b, size += std::abs(a * b), terms++; }
};

// As tests/Reverie.Tests/Torch/Nn/RoundedLayer.cs: float sums in any order, one rounding to bfloat16.
bool near(const Sum& right, bf16 found, bool relu) {
    auto off = right.size * (right.terms + 1) / (1 << 24) * 1.02;
    auto value = widen(found);
    auto exact = relu ? std::max(0.0, right.value) : right.value;
    return std::abs(value - exact) <= off + (std::abs(exact) + off) / 256;
}

bool report(const char* what, const Sum& right, bf16 found, bool relu, const char* sizes) {
    if (near(right, found, relu)) return true;
    std::printf("%s of %s: %g, not %g\n", what, sizes, widen(found), right.value);
    return false;
}

struct Sizes {
    int64_t n = draw(1, 5), in = draw(1, 70), out = draw(1, 70), kernel = draw(1, 6), stride = draw(1, 2);
    int64_t height = draw(kernel, 13), width = draw(kernel, 13);
    bool relu = draw(0, 1), biased = draw(0, 1), channels_last = draw(0, 1);

    Activation activation() const { return relu ? Activation::relu : Activation::none; }

    // (out, in, kernel, kernel) in one of two orders of memory.
    Weight weight(const bf16* data) const {
        auto area = kernel * kernel;
        if (channels_last) return {data, out, in, kernel, {area * in, 1, kernel * in, in}};
        return {data, out, in, kernel, {in * area, area, kernel, 1}};
    }

    std::vector<float> bias() const {
        std::vector<float> values(out);
        for (auto& one : values) one = biased ? static_cast<float>(draw(-8, 8)) / 8 : 0;
        return values;
    }
};

double element(const Weight& w, int64_t o, int64_t i, int64_t row, int64_t column) {
    return widen(w.data[o * w.strides[0] + i * w.strides[1] + row * w.strides[2] + column * w.strides[3]]);
}

// Of pictures in one piece: what is at a pixel.
const bf16& pixel(const bf16* pictures, const Picture& of, int64_t n, int64_t row, int64_t column, int64_t channel) {
    return pictures[((n * of.height + row) * of.width + column) * of.channels + channel];
}

bool plain(const Sizes& s, const char* text) {
    Picture in{s.height, s.width, s.in};
    Picture out{(s.height - s.kernel) / s.stride + 1, (s.width - s.kernel) / s.stride + 1, s.out};
    Fenced x(s.n * in.size()), y(s.n * out.size()), w(s.out * s.in * s.kernel * s.kernel);
    auto bias = s.bias();
    auto weight = s.weight(w.data);
    auto layer = Convolution::plain(in, weight, s.stride, s.biased ? bias.data() : nullptr, s.activation());
    if (s.kernel == 1 && s.stride == 1 && s.in > 1) {
        auto first = draw(1, s.in - 1), pixels = s.n * s.height * s.width;
        Fenced head(pixels * first), tail(pixels * (s.in - first));
        for (int64_t p = 0; p < pixels; p++) {
            std::memcpy(head.data + p * first, x.data + p * s.in, first * sizeof(bf16));
            std::memcpy(tail.data + p * (s.in - first), x.data + p * s.in + first, (s.in - first) * sizeof(bf16));
        }
        layer.run(head.data, first, tail.data, y.data, 0, s.n);
    } else {
        layer.run(x.data, y.data, 0, s.n);
    }
    for (int64_t n = 0; n < s.n; n++)
        for (int64_t r = 0; r < out.height; r++)
            for (int64_t c = 0; c < out.width; c++)
                for (int64_t o = 0; o < s.out; o++) {
                    Sum sum;
                    if (s.biased) sum.add(bias[o], 1);
                    for (int64_t i = 0; i < s.in; i++)
                        for (int64_t a = 0; a < s.kernel; a++)
                            for (int64_t b = 0; b < s.kernel; b++)
                                sum.add(widen(pixel(x.data, in, n, r * s.stride + a, c * s.stride + b, i)),
                                        element(weight, o, i, a, b));
                    if (!report("a convolution", sum, pixel(y.data, out, n, r, c, o), s.relu, text)) return false;
                }
    return true;
}

bool transposed(const Sizes& s, const char* text) {
    Picture in{s.height, s.width, s.in};
    Picture out{(s.height - 1) * 2 + s.kernel + draw(0, 1), (s.width - 1) * 2 + s.kernel + draw(0, 1), s.out};
    Fenced x(s.n * in.size()), y(s.n * out.size()), w(s.out * s.in * s.kernel * s.kernel);
    auto bias = s.bias();
    auto weight = s.weight(w.data);
    Convolution::transposed(in, out, weight, s.biased ? bias.data() : nullptr, s.activation()).run(x.data, y.data, 0, s.n);
    std::vector<Sum> sums(s.n * out.size());
    for (size_t i = 0; i < sums.size(); i++)
        if (s.biased) sums[i].add(bias[i % s.out], 1);
    for (int64_t n = 0; n < s.n; n++)
        for (int64_t r = 0; r < s.height; r++)
            for (int64_t c = 0; c < s.width; c++)
                for (int64_t i = 0; i < s.in; i++)
                    for (int64_t a = 0; a < s.kernel; a++)
                        for (int64_t b = 0; b < s.kernel; b++)
                            for (int64_t o = 0; o < s.out; o++)
                                sums[((n * out.height + 2 * r + a) * out.width + 2 * c + b) * s.out + o].add(
                                    widen(pixel(x.data, in, n, r, c, i)), element(weight, o, i, a, b));
    for (size_t i = 0; i < sums.size(); i++)
        if (!report("a transposed convolution", sums[i], y.data[i], s.relu, text)) return false;
    return true;
}

bool gradient(const Sizes& s, const char* text) {
    Picture in{s.height, s.width, s.in};
    Picture out{(s.height - s.kernel) / s.stride + 1, (s.width - s.kernel) / s.stride + 1, s.out};
    Fenced x(s.n * in.size()), g(s.n * out.size()), w(s.out * s.kernel * s.kernel * s.in);
    WeightGradient weight(in, out, s.kernel, s.stride);
    std::vector<float> sums(weight.size());
    auto middle = std::min(s.n, draw(0, s.n) / weight.group() * weight.group());
    weight.add(x.data, g.data, 0, middle, sums.data());
    weight.add(x.data, g.data, middle, s.n, sums.data());
    weight.write(sums.data(), w.data);
    for (int64_t o = 0; o < s.out; o++)
        for (int64_t a = 0; a < s.kernel; a++)
            for (int64_t b = 0; b < s.kernel; b++)
                for (int64_t i = 0; i < s.in; i++) {
                    Sum sum;
                    for (int64_t n = 0; n < s.n; n++)
                        for (int64_t r = 0; r < out.height; r++)
                            for (int64_t c = 0; c < out.width; c++)
                                sum.add(widen(pixel(g.data, out, n, r, c, o)),
                                        widen(pixel(x.data, in, n, r * s.stride + a, c * s.stride + b, i)));
                    auto found = w.data[((o * s.kernel + a) * s.kernel + b) * s.in + i];
                    if (!report("a weight's gradient", sum, found, false, text)) return false;
                }
    return true;
}

}  // namespace

int main(int count, char** arguments) {
    auto rounds = count > 1 ? std::atoll(arguments[1]) : 100;
    randomness.seed(count > 2 ? std::atoll(arguments[2]) : 1);
    int64_t wrong = 0;
    for (int64_t round = 0; round < rounds; round++) {
        Sizes s;
        char text[160];
        std::snprintf(text, sizeof text, "%ld pictures %ldx%ldx%ld to %ld, kernel %ld, stride %ld%s", s.n, s.height,
                      s.width, s.in, s.out, s.kernel, s.stride, s.channels_last ? "" : ", weights channels-first");
        wrong += !plain(s, text);
        wrong += !transposed(s, text);
        wrong += !gradient(s, text);
    }
    std::printf("%lld products, %ld wrong\n", 3 * static_cast<long long>(rounds), wrong);
    return wrong == 0 ? 0 : 1;
}
