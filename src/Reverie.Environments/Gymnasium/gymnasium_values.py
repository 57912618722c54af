"""What comes out of a Gymnasium environment and goes into it: each number is held against its space here.

Put before gymnasium_child.py, which sets np, gymnasium and spaces once it has found them.
"""
from decimal import Decimal
from numbers import Real

PICTURE_SIDE = 10           # smaller ones are tables of codes, such as a grid's, and are seen as vectors
LARGEST_PICTURE = 1 << 26   # pixels
LARGEST_VECTOR = 4096
MOST_ENTRIES = 16384        # of an action, as SpaceRule has it: what it refuses must first be told


class Picture:
    """What of an observation is a picture, and how it becomes bytes, (H, W, 3)."""

    def __init__(self, shape, path, low=0, high=255, scale=1, whole=True):
        self.shape, self.path, self.low, self.high, self.scale, self.whole = shape, path, low, high, scale, whole
        self.first = len(shape) == 3 and shape[2] not in (1, 3, 4)    # channels first
        self.size = shape[1:] if self.first else shape[:2]

    @staticmethod
    def of(space, path):
        shape = space.shape
        if 0 in shape or len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3, 4) and shape[0] not in (1, 3)):
            return None
        if np.prod(shape, dtype=float) > 4 * LARGEST_PICTURE:       # looking at its bounds alone would take minutes
            raise ValueError(f"{Observation.name(path)} of {shape} is too large; a picture has {LARGEST_PICTURE} "
                             "pixels at most")
        low, high = float(space.low.min()), float(space.high.max())
        whole = not np.issubdtype(space.dtype, np.floating)
        if space.dtype == np.uint8 or (low >= 0 and high == 255):
            scale = 1
        elif not whole and low >= 0 and high <= 1:
            scale = 255
        else:
            return None
        picture = Picture(shape, path, low, high, scale, whole)
        return picture if min(picture.size) >= PICTURE_SIDE else None

    def write(self, value, out):
        value = given(value, self.shape, "a picture")
        if value.dtype != np.uint8 or (self.low, self.high) != (0, 255):
            self.demand(value)
        if self.first:
            value = value.transpose(1, 2, 0)
        elif value.ndim == 2:
            value = value[:, :, None]
        if value.dtype.kind == "f":
            value = np.clip(value * self.scale + 0.5, 0, 255)
        np.copyto(out, value[:, :, :3], casting="unsafe")

    def demand(self, value):
        """Refuses numbers outside of the space, by more than what rounds to a byte in it."""
        rounding = 0 if self.whole else 0.49 / self.scale
        for number in (value.min(), value.max()):
            if not self.low - rounding <= number <= self.high + rounding:
                raise ValueError(f"a picture with {number} in it where its space goes from {self.low:g} to "
                                 f"{self.high:g}")
        if self.whole and value.dtype.kind == "f" and (value != np.rint(value)).any():
            raise ValueError(f"a picture of {value.dtype} with fractions in it where its space has whole numbers from "
                             f"{self.low:g} to {self.high:g}")


class Observation:
    """How observations become pictures and one vector. A choice becomes as many entries as it has values."""

    def __init__(self, space, without=None):
        """Without a part that is told in another way."""
        self.entries, self.pictures, self.left_out, self.without = [], [], [], without
        self.walk(space, ())
        self.left_out += [f"the fourth channel of {self.name(one.path)}" for one in self.pictures
                          if len(one.shape) == 3 and not one.first and one.shape[2] == 4]
        self.low = np.concatenate([low for _, _, low, _ in self.entries]) if self.entries else np.zeros(0)
        self.high = np.concatenate([high for _, _, _, high in self.entries]) if self.entries else np.zeros(0)

    @staticmethod
    def name(path):
        return ".".join(map(str, path)) or "observation"

    def walk(self, space, path):
        if isinstance(space, spaces.Dict):
            for key, inner in space.spaces.items():
                if path + (key,) != self.without:
                    self.walk(inner, path + (key,))
        elif isinstance(space, spaces.Tuple):
            for place, inner in enumerate(space.spaces):
                self.walk(inner, path + (place,))
        elif isinstance(space, spaces.Box) and Picture.of(space, path):
            self.pictures.append(Picture.of(space, path))
        elif isinstance(space, spaces.Box) and 0 < np.prod(space.shape, dtype=int) <= LARGEST_VECTOR:
            with np.errstate(over="ignore"):
                low, high = space.low.astype(np.float32).ravel(), space.high.astype(np.float32).ravel()
            if np.isnan(low).any() or np.isnan(high).any():
                raise ValueError(f"a bound of {self.name(path)} is NaN")
            self.add(path, low, high, lambda value, out: write_numbers(value, space.shape, out))
        elif isinstance(space, spaces.Discrete):
            self.add_choices(path, [int(space.n)], [int(getattr(space, "start", 0))])
        elif isinstance(space, spaces.MultiDiscrete):
            counts = [int(n) for n in np.ravel(space.nvec)]
            starts = np.broadcast_to(getattr(space, "start", 0), np.shape(space.nvec))
            self.add_choices(path, counts, [int(start) for start in np.ravel(starts)])
        elif isinstance(space, spaces.MultiBinary):
            size = int(np.prod(space.shape, dtype=int))
            self.add(path, np.zeros(size, np.float32), np.ones(size, np.float32),
                     lambda value, out: write_numbers(value, space.shape, out, bits=True))
        else:
            self.left_out.append(self.name(path))

    def add_choices(self, path, counts, starts):
        size = sum(counts)
        if size > LARGEST_VECTOR or min(counts, default=0) < 1:
            self.left_out.append(self.name(path))
            return
        places = np.cumsum([0] + counts[:-1])

        def write(value, out):
            chosen = given(value, None, "an observation").ravel()
            digits = chosen - np.array(starts) if chosen.size == len(counts) else np.array([-1])
            if (digits != np.rint(digits)).any() or not ((digits >= 0) & (digits < counts)).all():
                raise ValueError(f"{self.name(path)} is {plain(value)} where its space has {counts} choices, the first "
                                 f"{starts}")
            out[:] = 0
            out[places + digits.astype(int)] = 1
        self.add(path, np.zeros(size, np.float32), np.ones(size, np.float32), write)

    def add(self, path, low, high, write):
        self.entries.append((path, write, low, high))

    def bind(self, vector, pictures):
        """Where to write to."""
        places = np.cumsum([0] + [len(low) for _, _, low, _ in self.entries])
        self.parts = [(path, write, vector[places[i]:places[i + 1]])
                      for i, (path, write, _, _) in enumerate(self.entries)]
        self.outs = pictures

    def write(self, value):
        for path, write, out in self.parts:
            write(pick(value, path), out)
        for picture, out in zip(self.pictures, self.outs):
            picture.write(pick(value, picture.path), out)


class Action:
    """How what lies in the memory becomes an action: numbers within bounds, one choice, or groups of both, each choice
    one-hot, in the order of the space."""

    def __init__(self, space):
        self.space, self.groups = space, groups_of(space)
        self.alone = isinstance(space, (spaces.Box, spaces.Discrete))
        size = sum(group["choices"] if "choices" in group else len(group["low"]) for group in self.groups)
        if any(group.get("choices", 1) < 1 for group in self.groups):
            raise ValueError("a choice of its actions has no values; 1 is the least")
        if not 1 <= size <= MOST_ENTRIES:
            raise ValueError(f"its actions have {size} {'choices' if self.alone and 'choices' in self.groups[0] else 'numbers'}; "
                             f"from 1 to {MOST_ENTRIES} can be learned")

    def describe(self):
        return self.groups[0] if self.alone else {"groups": self.groups}

    def read(self, values, choice):
        if isinstance(self.space, spaces.Discrete):
            return np.int64(choice[0]) + int(getattr(self.space, "start", 0))
        return taken(self.space, iter(values))


def groups_of(space):
    """Choices, and bounds of numbers, in the order in which they stand in the memory."""
    if isinstance(space, spaces.Box):
        return [bounds_of(space)]
    if isinstance(space, spaces.Discrete):
        return [{"choices": int(space.n)}]
    if isinstance(space, spaces.MultiDiscrete):
        return [{"choices": int(n)} for n in np.ravel(space.nvec)]
    if isinstance(space, spaces.MultiBinary):
        return [{"choices": 2}] * int(np.prod(space.shape, dtype=int))
    if isinstance(space, spaces.Dict):
        return [group for inner in space.spaces.values() for group in groups_of(inner)]
    if isinstance(space, spaces.Tuple):
        return [group for inner in space.spaces for group in groups_of(inner)]
    raise TypeError(f"actions of {space} are not known here; Box, Discrete, MultiDiscrete, MultiBinary, and Dict and Tuple of "
                    "them are")


def bounds_of(space):
    low, high = space.low, space.high
    if not 1 <= low.size <= MOST_ENTRIES:
        raise ValueError(f"its actions have {low.size} numbers; from 1 to {MOST_ENTRIES} can be learned")
    with np.errstate(over="ignore"):
        bounds = low.astype(np.float32), high.astype(np.float32)
    if np.isnan(bounds).any():
        raise ValueError("a bound of its actions is NaN")
    if (np.isfinite(low) & ~np.isfinite(bounds[0]) | np.isfinite(high) & ~np.isfinite(bounds[1])).any():
        raise ValueError(f"its actions go from {low.min()} to {high.max()}, beyond the 3.4e38 of single "
                         "precision; set bounds that an action may sensibly have")
    return {"low": numbers(bounds[0]), "high": numbers(bounds[1])}


def taken(space, values):
    """The action of a space from the next values, one-hot where it has choices."""
    if isinstance(space, spaces.Dict):
        return {key: taken(inner, values) for key, inner in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(taken(inner, values) for inner in space.spaces)
    if isinstance(space, spaces.Box):
        return numbers_of(space, values)
    start = getattr(space, "start", 0)
    if isinstance(space, spaces.Discrete):
        return np.int64(chosen(int(space.n), values)) + int(start)
    counts = np.ravel(space.nvec) if isinstance(space, spaces.MultiDiscrete) else [2] * int(np.prod(space.shape, dtype=int))
    digits = np.array([chosen(int(count), values) for count in counts]).reshape(space.shape)
    return (digits + start).astype(space.dtype)


def chosen(count, values):
    return int(np.argmax([next(values) for _ in range(count)]))


def numbers_of(space, values):
    wanted = np.array([next(values) for _ in range(space.low.size)], np.float64).reshape(space.shape)
    if np.issubdtype(space.dtype, np.floating):
        return np.clip(wanted, space.low, space.high).astype(space.dtype)
    # By whole numbers of any size: 2^63 - 1 has no equal among floats, and the next one wraps.
    whole = [min(max(int(one), int(low)), int(high)) for one, low, high in
             zip(np.rint(wanted).ravel(), space.low.ravel(), space.high.ravel())]
    return np.array(whole, space.dtype).reshape(space.shape)


def pick(value, path):
    for depth, key in enumerate(path, 1):
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            raise ValueError(f"its observation has no {Observation.name(path[:depth])}, which its space has") from None
    return value


def given(value, shape, what):
    """It as an array of real numbers of that shape."""
    value = np.asarray(value)
    if value.dtype.kind not in "biuf":
        raise TypeError(f"{what} of {value.dtype} where numbers are due")
    if shape is not None and value.shape != shape:
        raise ValueError(f"{what} of {value.shape} where its space says {shape}")
    return value


def write_numbers(value, shape, out, bits=False):
    """In single precision, which has about 7 digits. Bounds only describe: simulators leave them a little."""
    value = given(value, shape, "an observation").ravel()
    with np.errstate(over="ignore"):
        np.copyto(out, value, casting="unsafe")
    wrong = (out != 0) & (out != 1) if bits else np.isinf(out)     # NaN may stand for what is not known
    if wrong.any():
        place = int(wrong.argmax())
        raise ValueError(f"an observation with {value[place]} at {place}, where "
                         + ("0 or 1 is due" if bits else "a number of single precision is due"))


def real(value):
    """A reward."""
    if isinstance(value, float):
        return value
    array = np.asarray(value)
    if array.size == 1 and (array.dtype.kind in "biuf" or isinstance(array.item(), (Real, Decimal))):
        return float(array.item())
    raise TypeError(f"a reward of {plain(repr(value))}, which is no real number")


def flag(value, name):
    """terminated or truncated."""
    array = np.asarray(value)
    if array.size == 1 and array.dtype.kind in "biuf" and array.item() in (0, 1):
        return bool(array.item())
    raise TypeError(f"{name} is {plain(repr(value))}, which is neither true nor false")


def numbers(values):
    """For JSON, which has no infinity."""
    return [float(value) if np.isfinite(value) else None for value in np.ravel(values)]
