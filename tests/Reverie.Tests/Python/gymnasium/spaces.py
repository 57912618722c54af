"""Spaces as Gymnasium has them, as far as the tests go."""
import numpy as np


class Space:
    def __init__(self, shape=None, dtype=None):
        self.shape = None if shape is None else tuple(shape)
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.random = np.random.default_rng()

    def seed(self, seed=None):
        self.random = np.random.default_rng(seed)


class Box(Space):
    def __init__(self, low, high, shape=None, dtype=np.float32):
        if shape is None:
            shape = np.broadcast(np.asarray(low), np.asarray(high)).shape
        super().__init__(shape, dtype)
        self.low = np.broadcast_to(np.asarray(low, dtype=dtype), self.shape)
        self.high = np.broadcast_to(np.asarray(high, dtype=dtype), self.shape)

    def contains(self, x):
        return (isinstance(x, np.ndarray) and x.shape == self.shape and np.can_cast(x.dtype, self.dtype)
                and bool(np.all(x >= self.low) and np.all(x <= self.high)))

    def sample(self):
        return self.random.uniform(self.low, self.high).astype(self.dtype)


class Discrete(Space):
    def __init__(self, n, start=0):
        super().__init__((), np.int64)
        self.n, self.start = np.int64(n), np.int64(start)

    def contains(self, x):
        return bool(np.issubdtype(type(x), np.integer) and self.start <= x < self.start + self.n)

    def sample(self):
        return self.start + self.random.integers(self.n)


class MultiDiscrete(Space):
    def __init__(self, nvec, dtype=np.int64):
        self.nvec = np.array(nvec, dtype=dtype)
        super().__init__(self.nvec.shape, dtype)

    def contains(self, x):
        return bool(np.shape(x) == self.shape and np.all(x >= 0) and np.all(x < self.nvec))


class MultiBinary(Space):
    def __init__(self, n):
        self.n = n
        super().__init__((n,) if isinstance(n, int) else n, np.int8)

    def contains(self, x):
        return bool(np.shape(x) == self.shape and np.all((x == 0) | (x == 1)))


class Text(Space):
    def __init__(self, max_length):
        super().__init__((), str)
        self.max_length = max_length


class Dict(Space):
    def __init__(self, spaces):
        super().__init__()
        self.spaces = dict(sorted(spaces.items()))

    def contains(self, x):
        return isinstance(x, dict) and list(x) == list(self.spaces) and all(
            space.contains(x[key]) for key, space in self.spaces.items())


class Tuple(Space):
    def __init__(self, spaces):
        super().__init__()
        self.spaces = tuple(spaces)

    def contains(self, x):
        return isinstance(x, tuple) and len(x) == len(self.spaces) and all(
            space.contains(one) for space, one in zip(self.spaces, x))
