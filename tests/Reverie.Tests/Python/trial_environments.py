"""Environments for the tests: what they show follows from time, seed and action, so that a test can tell it."""
import os
import signal
import time
from decimal import Decimal

import gymnasium
import numpy as np
from gymnasium import spaces

ACTIONS = {
    "two": spaces.Discrete(2),
    "four": spaces.Discrete(4),
    "late": spaces.Discrete(3, start=10),
    "box": spaces.Box(np.array([-1, 0], np.float32), np.array([1, 4], np.float32)),
    "whole": spaces.Box(-2, 2, (1,), np.int64),
    "gears": spaces.MultiDiscrete([2, 3]),
    "buttons": spaces.MultiBinary(3),
    "tuple": spaces.Tuple([spaces.Discrete(3, start=10), spaces.MultiBinary(2)]),
    "named": spaces.Dict({"turn": spaces.Box(0, 4, (1,), np.float32), "lamp": spaces.Discrete(3, start=10),
                          "gear": spaces.MultiDiscrete([2])}),
    "single": spaces.MultiDiscrete([4]),
    "speech": spaces.Text(3),
    "open": spaces.Box(-np.inf, np.inf, (1,), np.float32),
    "halfopen": spaces.Box(np.array([0], np.float32), np.array([np.inf], np.float32)),
    "swapped": spaces.Box(np.array([1], np.float32), np.array([-1], np.float32)),
    "nan": spaces.Box(np.array([np.nan], np.float32), np.array([1], np.float32)),
    "double": spaces.Box(-1e300, 1e300, (1,), np.float64),
    "empty": spaces.Box(-1, 1, (0,), np.float32),
    "none": spaces.MultiDiscrete([2, 0]),
    "many": spaces.MultiDiscrete([10_000] * 2),
    "long": spaces.Box(np.iinfo(np.int64).min, np.iinfo(np.int64).max, (1,), np.int64),
    "largest": spaces.Box(-np.finfo(np.float32).max, np.finfo(np.float32).max, (1,), np.float32),
}


class Trial(gymnasium.Env):
    """Observes time, a number drawn at the reset, and the action before, three numbers at most."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(self, action="two", end=8, terminates=False, fault=None, at=3, render_mode=None):
        self.render_mode, self.end, self.terminates, self.fault, self.at = render_mode, end, terminates, fault, at
        self.action_space = ACTIONS[action]
        self.observation_space = spaces.Box(-1e4, 1e4, (5,), np.float32)
        self.time, self.drawn = 0, 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.time, self.draw, self.action = 0, self.np_random.integers(1000), []
        return self.observe(), {}

    def step(self, action):
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is no action")
        self.time += 1
        parts = action.values() if isinstance(action, dict) else action if isinstance(action, tuple) else [action]
        self.action = [float(number) for part in parts for number in np.ravel(part)]
        if self.time == self.at:
            self.fail()
        over = self.time >= self.end
        reward = np.nan if self.fault == "nan" and self.time == self.at else self.time / 2
        return self.observe(), reward, over and self.terminates, over and not self.terminates, {"time": self.time}

    def render(self):
        """40 by 60, the time in red and the number of drawings in green."""
        self.drawn += 1
        return np.full((40, 60, 3), (self.time, self.drawn, 7), np.uint8)

    def observe(self):
        values = [self.time, self.draw, *self.action]
        return np.array(values + [0] * (5 - len(values)), np.float32)

    def fail(self):
        if self.fault == "raises":
            raise ValueError("the wheel came off")
        if self.fault == "exits":
            os._exit(7)
        if self.fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "sleeps":
            time.sleep(600)
        if self.fault == "prints":
            print("k\nnoise", flush=True)


class Pictures(Trial):
    """Observes a picture: 0 on the left, 200 on the right, with the time in the upper left corner."""

    def __init__(self, shape, dtype=np.uint8, high=255, **options):
        super().__init__(**options)
        self.observation_space = spaces.Box(0, high, shape, dtype)

    def observe(self):
        space = self.observation_space
        first = len(space.shape) == 3 and space.shape[0] == 3
        value = np.zeros(space.shape, np.float64)
        columns = value if first else np.moveaxis(value, 1, -1)
        columns[..., columns.shape[-1] // 2:] = 200 / 255 * space.high.max()
        return value.astype(space.dtype)


class Everything(Trial):
    """Observes all that a Dict can hold."""

    def __init__(self, **options):
        super().__init__(**options)
        self.observation_space = spaces.Dict({
            "image": spaces.Box(0, 255, (64, 64, 3), np.uint8),
            "codes": spaces.Box(0, 10, (2, 3), np.uint8),
            "direction": spaces.Discrete(4, start=1),
            "gears": spaces.MultiDiscrete([2, 3]),
            "lamps": spaces.MultiBinary(2),
            "mission": spaces.Text(10),
            "nested": spaces.Tuple([spaces.Box(-np.inf, np.inf, (), np.float64)]),
        })

    def observe(self):
        return {
            "image": np.full((64, 64, 3), self.time, np.uint8), "codes": np.arange(6, dtype=np.uint8).reshape(2, 3),
            "direction": np.int64(1 + self.time % 4), "gears": np.array([1, 2]), "lamps": np.array([0, 1], np.int8),
            "mission": "go", "nested": (np.float64(-2.5),),
        }


class Cameras(Trial):
    """Observes two pictures of different sizes, a goal and a gear."""

    def __init__(self, **options):
        super().__init__(**options)
        self.observation_space = spaces.Dict({
            "front": spaces.Box(0, 255, (32, 48, 3), np.uint8), "goal": spaces.Box(-1, 1, (2,), np.float64),
            "hand": spaces.Tuple([spaces.Box(0, 255, (16, 16), np.uint8), spaces.Discrete(3)]),
        })

    def observe(self):
        return {"front": np.full((32, 48, 3), (10, 20, self.time), np.uint8), "goal": np.array([0.25, -1]),
                "hand": (np.full((16, 16), 90, np.uint8), np.int64(self.time % 3))}


U8, UNIT = spaces.Box(0, 255, (16, 16, 3), np.uint8), spaces.Box(0, 1, (16, 16, 3), np.float32)
LARGE = spaces.Box(0, 255, (16, 16, 3), np.float32)


def filled(number, dtype):
    return np.full((16, 16, 3), number, dtype)


# What arrives at the second step: the space it is due in, and the number.
PAIR = spaces.Dict({"goal": spaces.Box(-1, 1, (2,), np.float64), "seen": spaces.Tuple([spaces.Box(-1, 1, (2,), np.float64)])})
SPOILT = {
    "Byte256": (U8, filled(256, np.int64)), "Byte320": (U8, filled(320, np.float32)), "Below": (U8, filled(-1, np.int8)),
    "NanByte": (U8, filled(np.nan, np.float32)), "Half": (U8, filled(0.5, np.float64)), "Unit2": (UNIT, filled(2, np.uint8)),
    "NanUnit": (UNIT, filled(np.nan, np.float32)), "Unit101": (UNIT, filled(1.01, np.float64)),
    "Large256": (LARGE, filled(256, np.float32)), "Words": (U8, np.full((16, 16, 3), "a")),
    "Choice4": (spaces.Discrete(3, start=1), 4), "Choice0": (spaces.Discrete(3, start=1), 0),
    "Choice15": (spaces.Discrete(3), 1.5), "NoChoice": (spaces.Discrete(3), None),
    "Gear": (spaces.MultiDiscrete([2, 3]), np.array([0, 3])), "Lamp": (spaces.MultiBinary(2), np.array([0, 2])),
    "Beyond": (spaces.Box(-np.inf, np.inf, (2,), np.float64), np.array([0, 1e39])),
    "Imaginary": (spaces.Box(-1, 1, (2,), np.float32), np.array([0, 1j])),
    "Unknown": (spaces.Box(-np.inf, np.inf, (2,), np.float64), np.array([np.nan, 3])),
    "Longer": (spaces.Box(-1, 1, (2,), np.float32), np.zeros(3, np.float32)),
    "NoKey": (PAIR, {"seen": (np.zeros(2),)}), "NoPart": (PAIR, {"seen": (), "goal": np.zeros(2)}), "NoDict": (PAIR, np.zeros(4)),
    # These fit.
    "UnitRounded": (UNIT, filled(1.0000001, np.float32)), "LargeRounded": (LARGE, filled(-1e-5, np.float32)),
    "Outside": (spaces.Box(-1, 1, (2,), np.float32), np.array([0, 7], np.float32)),
    "Choice3": (spaces.Discrete(3, start=1), np.array([3])),
}


class Spoilt(Trial):
    """Observes zeros, or ones where a choice has no zero, and once what does not fit."""

    def __init__(self, kind, **options):
        super().__init__(**options)
        self.observation_space, self.wrong = SPOILT[kind]

    def observe(self):
        if self.time == 2:
            return self.wrong
        space = self.observation_space
        if space is PAIR:
            return {"goal": np.zeros(2), "seen": (np.zeros(2),)}
        return np.zeros(space.shape, space.dtype) + getattr(space, "start", 0)


RESULTS = {
    "RewardNone": (None, False, False), "RewardWord": ("0.5", False, False), "RewardTwo": (np.ones(2), False, False),
    "RewardComplex": (1j, False, False), "FlagNone": (1, None, False), "FlagWord": (1, "False", False),
    "FlagNan": (1, float("nan"), False), "FlagTwo": (1, False, np.array([False, False])),
    # These fit.
    "RewardArray": (np.array([0.5], np.float32), np.array([False]), np.bool_(False)),
    "RewardDecimal": (Decimal("0.5"), 0, False), "RewardBool": (True, False, False),
}


class Answers(Trial):
    """Gives a reward and flags of a strange kind."""

    def __init__(self, kind, **options):
        super().__init__(**options)
        self.kind = kind

    def step(self, action):
        return super().step(action)[0], *RESULTS[self.kind], {}


class Masked(Trial):
    """Does not allow one of each choice, another one on every row, and says so in the way of that name."""

    def __init__(self, way, lost=False, **options):
        super().__init__(**options)
        self.way, self.lost = way, lost
        if way == "observed":
            self.observation_space = spaces.Dict(
                {"action_mask": spaces.MultiBinary(4), "seen": spaces.Box(-1e4, 1e4, (5,), np.float32)})

    def reset(self, *, seed=None, options=None):
        observation, info = super().reset(seed=seed)
        return observation, info if self.way == "late" else self.info()

    def step(self, action):
        observation, reward, terminated, truncated, _ = super().step(action)
        return observation, reward, terminated, truncated, {} if self.lost and self.time >= self.at else self.info()

    def info(self):
        return {} if self.way == "observed" else {"action_mask": self.mask()}

    def mask(self):
        if self.time == self.end:
            return np.zeros(4, np.int8) if self.way == "observed" else None     # nothing follows
        one, two, three = (np.arange(n) != self.time % n for n in (2, 3, 4))
        return {
            "flat": [*two.astype(int), 1], "tuple": (one.astype(np.int8), two.astype(np.int8)), "wrong": (two, one),
            "parts": (two, np.array([2, 0])), "named": {"lamp": two, "gear": (one,)}, "any": None,
            "observed": three.astype(np.int8), "late": three, "none": np.zeros(4, bool), "words": ["yes"] * 4,
        }[self.way]

    def observe(self):
        seen = super().observe()
        return {"action_mask": self.mask(), "seen": seen} if self.way == "observed" else seen


class OldFashioned(Trial):
    def step(self, action):
        return super().step(action)[:4]


def register(name, entry_point=Trial, steps=None, **kwargs):
    gymnasium.register(f"Trial/{name}-v0", entry_point, max_episode_steps=steps, kwargs=kwargs)


for _action in ACTIONS:
    register(f"{_action.capitalize()}Action" if _action == "nan" else _action.capitalize(), action=_action)
for _kind in SPOILT:
    register(_kind, Spoilt, kind=_kind)
for _kind in RESULTS:
    register(_kind, Answers, kind=_kind)
for _fault in ("raises", "exits", "killed", "sleeps", "prints", "nan"):
    register(_fault.capitalize(), fault=_fault)
for _way, _action in (("flat", "four"), ("tuple", "gears"), ("wrong", "gears"), ("parts", "tuple"), ("named", "named"),
                      ("any", "four"), ("observed", "four"), ("late", "four"), ("none", "four"), ("words", "four")):
    register(f"Masked{_way.capitalize()}", Masked, way=_way, action=_action)
register("MaskedLost", Masked, way="flat", action="four", lost=True)
register("Limited", steps=5)
register("Terminates", terminates=True)
register("Old", OldFashioned)
register("Everything", Everything)
register("Cameras", Cameras)
register("Large", Pictures, shape=(96, 128, 3))
register("Exact", Pictures, shape=(64, 64, 3))
register("Grey", Pictures, shape=(32, 48))
register("Least", Pictures, shape=(10, 12, 3))
register("Codes", Pictures, shape=(9, 12, 3))
register("Hollow", Pictures, shape=(0, 12, 3))
register("First", Pictures, shape=(3, 80, 64), dtype=np.float32, high=1)
