// What kernels may use of the processor, and loops that are compiled for each family of them.
#pragma once
#include <atomic>

namespace reverie {

// Each holds those before it; in the order of the managed InstructionSet, which finds out and may have been told less.
enum class Level : int { baseline, avx2, avx512, avx512_bf16, amx };

// Of the process, which the libraries keep to as well; and of kernels of this folder, no more than that.
inline std::atomic<Level> level{Level::baseline}, own_level{Level::baseline};

inline bool may_use(Level wanted) {
#ifdef REVERIE_EMULATE_TILES            // scripts/campaign/tiles
    if (wanted == Level::amx) return true;
#endif
    return own_level.load(std::memory_order_relaxed) >= wanted;
}

inline bool libraries_use(Level wanted) { return level.load(std::memory_order_relaxed) >= wanted; }

}  // namespace reverie

// FOR_EACH_PROCESSOR(name, loop) makes a function `name` that calls `loop`, one function or several of that name,
// compiled for the level in force; they must be ALWAYS_INLINE. Not by target_clones, whose choice nobody can lower, and
// which takes the name of a processor for that one alone. Files with loops are compiled without contraction into fused
// products, so that all copies of a loop give the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR(name, loop)                                                                                 \
    template <class... Of>                                                                                             \
    __attribute__((target("avx2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl"))) auto name##_avx512(Of... of) {         \
        return loop(of...);                                                                                            \
    }                                                                                                                  \
    template <class... Of>                                                                                             \
    __attribute__((target("avx2"))) auto name##_avx2(Of... of) { return loop(of...); }                                 \
    template <class... Of>                                                                                             \
    auto name(Of... of) {                                                                                              \
        if (reverie::may_use(reverie::Level::avx512)) return name##_avx512(of...);                                     \
        if (reverie::may_use(reverie::Level::avx2)) return name##_avx2(of...);                                         \
        return loop(of...);                                                                                            \
    }
#else
#define FOR_EACH_PROCESSOR(name, loop)                                                                                 \
    template <class... Of>                                                                                             \
    auto name(Of... of) { return loop(of...); }
#endif
