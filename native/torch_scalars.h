// Arithmetic on single numbers for the loops of this folder: bfloat16 as bits, and the functions of gates, in forms that
// compilers turn into vectors.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

// Into each processor's copy of a loop, or it stays what every processor can do.
#define ALWAYS_INLINE __attribute__((always_inline)) inline

namespace reverie {

// eˣ for |x| ≤ 87.
ALWAYS_INLINE float exponential(float x) {
    float scaled = x * 1.44269504f, whole = std::nearbyint(scaled), t = scaled - whole;
    float power = 1.54035304e-4f;                       // 2ᵗ on [−½, ½] by its series
    power = power * t + 1.33335581e-3f;
    power = power * t + 9.61812911e-3f;
    power = power * t + 5.55041087e-2f;
    power = power * t + 2.40226507e-1f;
    power = power * t + 6.93147181e-1f;
    power = power * t + 1.0f;
    int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
    float whole_power;
    std::memcpy(&whole_power, &bits, sizeof bits);
    return power * whole_power;
}

// ln x for x > 0 that are not denormal.
ALWAYS_INLINE float logarithm(float x) {
    int32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    int32_t power = (bits - 0x3f2aaaab) >> 23, rest = bits - (power << 23);
    float m;                                            // x / 2^power, in [⅔, 4/3)
    std::memcpy(&m, &rest, sizeof m);
    float s = (m - 1.0f) / (m + 1.0f), square = s * s;  // ln m = 2·artanh s
    float series = 1.11111111e-1f;
    series = series * square + 1.42857143e-1f;
    series = series * square + 2.0e-1f;
    series = series * square + 3.33333333e-1f;
    return static_cast<float>(power) * 6.93147181e-1f + (s + s) * (series * square + 1.0f);
}

// What is not a number passes, as it does where the compiler's minimum is the processor's.
ALWAYS_INLINE float bounded(float x) {
    float below = x > 40.0f ? 40.0f : x;
    return below < -40.0f ? -40.0f : below;
}

ALWAYS_INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-bounded(x))); }

ALWAYS_INLINE float tanh_of(float x) {
    float bound = bounded(x);
    return 1.0f - 2.0f / (exponential(bound + bound) + 1.0f);
}

ALWAYS_INLINE float widen(float value) { return value; }

ALWAYS_INLINE float widen(uint16_t value) {
    uint32_t bits = static_cast<uint32_t>(value) << 16;
    float result;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

ALWAYS_INLINE void narrow(float value, float& to) { to = value; }

// To the nearest bfloat16, ties to even; what is not a number must not become infinity.
ALWAYS_INLINE void narrow(float value, uint16_t& to) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    to = value != value ? 0x7fc0 : static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace reverie
