// Products with windows in the processor's vectors at drawn sizes against plain loops in double, at each level that this
// processor has, between memory pages that nobody may touch: windows [rounds] [seed].
#include "../torch_scalars.h"
#include "../vector_windows.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

using namespace reverie::windows;

namespace {

std::mt19937_64 randomness;

int64_t draw(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(randomness); }

// Numbers that end where a forbidden page begins, or begin where one ends.
class Fenced {
public:
    Fenced(Kind kind, int64_t count) : narrow_(kind == Kind::avx512_bf16) {
        auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = static_cast<size_t>(count * (narrow_ ? 2 : 4));
        inner_ = (bytes + page - 1) / page * page;
        memory_ = static_cast<char*>(mmap(nullptr, inner_ + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        mprotect(memory_ + page, inner_, PROT_READ | PROT_WRITE);
        data = memory_ + page + (draw(0, 1) ? inner_ - bytes : 0);
        for (int64_t i = 0; i < count; i++) set(i, static_cast<float>(std::normal_distribution<>()(randomness)));
    }
    ~Fenced() { munmap(memory_, inner_ + 2 * static_cast<size_t>(sysconf(_SC_PAGESIZE))); }
    Fenced(const Fenced&) = delete;

    float operator[](int64_t i) const {
        float value;
        if (narrow_) return reverie::widen(reinterpret_cast<const uint16_t*>(data)[i]);
        std::memcpy(&value, data + 4 * i, sizeof value);
        return value;
    }

    char* data;

private:
    void set(int64_t i, float value) {
        if (narrow_) reverie::narrow(value, reinterpret_cast<uint16_t*>(data)[i]);
        else std::memcpy(data + 4 * i, &value, sizeof value);
    }

    bool narrow_;
    char* memory_;
    size_t inner_;
};

struct Sum {
    double value = 0, size = 0;
    int64_t terms = 0;
    void add(double a, double b) { value += a * b, size += std::abs(a * b), terms++; }
};

// As tests/Reverie.Tests/Torch/Nn/RoundedLayer.cs: float sums in any order, and in bfloat16 one rounding.
bool near(Kind kind, const Sum& right, float found, bool relu) {
    auto off = right.size * (right.terms + 1) / (1 << 24) * 1.02;
    auto exact = relu ? std::max(0.0, right.value) : right.value;
    return std::abs(found - exact) <= off + (kind == Kind::avx512_bf16 ? (std::abs(exact) + off) / 256 : 0);
}

struct Sizes {
    Kind kind;
    int64_t n = draw(1, 5), in = draw(1, 40), out = draw(1, 70), kernel = draw(1, 6), stride = draw(1, 3);
    int64_t height = draw(kernel, 13), width = draw(kernel, 40);
    bool relu = draw(0, 1), biased = draw(0, 1), channels_last = draw(0, 1);

    Activation activation() const { return relu ? Activation::relu : Activation::none; }

    // (out, in, kernel, kernel) in one of two orders of memory.
    Weight weight(const Fenced& of) const {
        auto area = kernel * kernel;
        if (channels_last) return {of.data, out, in, kernel, {area * in, 1, kernel * in, in}};
        return {of.data, out, in, kernel, {in * area, area, kernel, 1}};
    }

    std::vector<float> bias() const {
        std::vector<float> values(out);
        for (auto& one : values) one = biased ? static_cast<float>(draw(-8, 8)) / 8 : 0;
        return values;
    }

    bool report(const char* what, const Sum& right, float found, bool bent) const {
        if (near(kind, right, found, bent && relu)) return true;
        std::printf("%s, level %d, of %ld pictures %ldx%ldx%ld to %ld, kernel %ld, stride %ld: %g, not %g\n", what,
                    static_cast<int>(kind), n, height, width, in, out, kernel, stride, found, right.value);
        return false;
    }
};

int64_t place(const Weight& w, int64_t o, int64_t i, int64_t row, int64_t column) {
    return o * w.strides[0] + i * w.strides[1] + row * w.strides[2] + column * w.strides[3];
}

int64_t place(const Picture& of, int64_t n, int64_t row, int64_t column, int64_t channel) {
    return ((n * of.height + row) * of.width + column) * of.channels + channel;
}

// Calls each(place of a result, place of an input, place of its weight) for all products of a convolution.
template <class Each>
void products(const Sizes& s, const Picture& in, const Picture& out, const Weight& w, Each each) {
    for (int64_t n = 0; n < s.n; n++)
        for (int64_t r = 0; r < out.height; r++)
            for (int64_t c = 0; c < out.width; c++)
                for (int64_t o = 0; o < s.out; o++)
                    for (int64_t i = 0; i < s.in; i++)
                        for (int64_t a = 0; a < s.kernel; a++)
                            for (int64_t b = 0; b < s.kernel; b++)
                                each(place(out, n, r, c, o), place(in, n, r * s.stride + a, c * s.stride + b, i),
                                     place(w, o, i, a, b));
}

bool all(const Sizes& s, const char* what, const std::vector<Sum>& right, const Fenced& found, bool bent) {
    for (size_t i = 0; i < right.size(); i++)
        if (!s.report(what, right[i], found[static_cast<int64_t>(i)], bent)) return false;
    return true;
}

Picture of_plain(const Sizes& s) {
    return {(s.height - s.kernel) / s.stride + 1, (s.width - s.kernel) / s.stride + 1, s.out};
}

bool plain(const Sizes& s) {
    Picture in{s.height, s.width, s.in}, out = of_plain(s);
    Fenced x(s.kind, s.n * in.size()), y(s.kind, s.n * out.size()), w(s.kind, s.out * s.in * s.kernel * s.kernel);
    auto bias = s.bias();
    auto weight = s.weight(w);
    auto layer = Convolution::plain(s.kind, in, weight, s.stride, s.biased ? bias.data() : nullptr, s.activation());
    layer.run(x.data, y.data, 0, s.n);
    std::vector<Sum> sums(s.n * out.size());
    for (size_t i = 0; i < sums.size(); i++) sums[i].add(bias[i % s.out], 1);
    products(s, in, out, weight, [&](int64_t to, int64_t from, int64_t by) { sums[to].add(x[from], w[by]); });
    return all(s, "a convolution", sums, y, true);
}

bool transposed(const Sizes& s) {
    Picture in{s.height, s.width, s.in};
    Picture out{(s.height - 1) * 2 + s.kernel + draw(0, 1), (s.width - 1) * 2 + s.kernel + draw(0, 1), s.out};
    Fenced x(s.kind, s.n * in.size()), y(s.kind, s.n * out.size()), w(s.kind, s.out * s.in * s.kernel * s.kernel);
    auto bias = s.bias();
    auto weight = s.weight(w);
    Convolution::transposed(s.kind, in, out, weight, s.biased ? bias.data() : nullptr, s.activation())
        .run(x.data, y.data, 0, s.n);
    std::vector<Sum> sums(s.n * out.size());
    for (size_t i = 0; i < sums.size(); i++) sums[i].add(bias[i % s.out], 1);
    for (int64_t n = 0; n < s.n; n++)
        for (int64_t r = 0; r < s.height; r++)
            for (int64_t c = 0; c < s.width; c++)
                for (int64_t i = 0; i < s.in; i++)
                    for (int64_t a = 0; a < s.kernel; a++)
                        for (int64_t b = 0; b < s.kernel; b++)
                            for (int64_t o = 0; o < s.out; o++)
                                sums[place(out, n, 2 * r + a, 2 * c + b, o)].add(
                                    x[place(in, n, r, c, i)], w[place(weight, o, i, a, b)]);
    return all(s, "a transposed convolution", sums, y, true);
}

bool gradient(const Sizes& s) {
    Picture in{s.height, s.width, s.in}, out = of_plain(s);
    Fenced x(s.kind, s.n * in.size()), g(s.kind, s.n * out.size()), w(s.kind, s.out * s.kernel * s.kernel * s.in);
    WeightGradient weight(s.kind, in, out, s.kernel, s.stride);
    std::vector<float> sums(weight.size());
    auto middle = std::min(s.n, draw(0, s.n) / weight.group() * weight.group());
    weight.add(x.data, g.data, 0, middle, sums.data());
    weight.add(x.data, g.data, middle, s.n, sums.data());
    weight.write(sums.data(), w.data);
    Weight order{w.data, s.out, s.in, s.kernel, {s.kernel * s.kernel * s.in, 1, s.kernel * s.in, s.in}};
    std::vector<Sum> right(s.out * s.in * s.kernel * s.kernel);
    products(s, in, out, order, [&](int64_t from, int64_t seen, int64_t to) { right[to].add(g[from], x[seen]); });
    return all(s, "a weight's gradient", right, w, false);
}

}  // namespace

int main(int count, char** arguments) {
    auto rounds = count > 1 ? std::atoll(arguments[1]) : 100;
    randomness.seed(count > 2 ? std::atoll(arguments[2]) : 1);
    std::vector<Kind> kinds;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kinds.push_back(Kind::avx2);
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) kinds.push_back(Kind::avx512);
    if (__builtin_cpu_supports("avx512bf16")) kinds.push_back(Kind::avx512_bf16);
    int64_t wrong = 0;
    for (auto kind : kinds)
        for (int64_t round = 0; round < rounds; round++) {
            Sizes s{kind};
            wrong += !plain(s) + !transposed(s) + !gradient(s);
        }
    std::printf("%lld products at %zu levels, %lld wrong\n", 3 * static_cast<long long>(rounds), kinds.size(),
                static_cast<long long>(wrong));
    return wrong == 0 ? 0 : 1;
}
