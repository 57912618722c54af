// Whether operators of this folder take loops and matrix tiles of their own where these fit; else ATen's alone.
#pragma once
#include <atomic>

namespace reverie {

inline std::atomic<bool> own_kernels{true};

}  // namespace reverie
