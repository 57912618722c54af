"""A stand-in for Gymnasium, so that the tests need no network: the part of its API that Reverie touches."""
import importlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gymnasium import spaces

__version__ = "1.0.0 (stand-in)"
registry = {}


class Env:
    metadata: dict = {"render_modes": []}
    render_mode = None
    spec = None
    _np_random = None

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self._np_random = np.random.default_rng(seed)

    @property
    def np_random(self):
        if self._np_random is None:
            self._np_random = np.random.default_rng()
        return self._np_random

    @property
    def unwrapped(self):
        return self

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class TimeLimit(Env):
    def __init__(self, env, steps):
        self.env, self.limit, self.steps = env, steps, 0
        self.observation_space, self.action_space = env.observation_space, env.action_space

    def __getattr__(self, name):
        return getattr(self.env, name)

    @property
    def unwrapped(self):
        return self.env.unwrapped

    @property
    def render_mode(self):
        return self.env.render_mode

    def reset(self, *, seed=None, options=None):
        self.steps = 0
        return self.env.reset(seed=seed, options=options)

    def step(self, action):
        result = self.env.step(action)
        self.steps += 1
        if len(result) != 5:
            return result
        return result[:3] + (result[3] or self.steps >= self.limit,) + result[4:]

    def render(self):
        return self.env.render()

    def close(self):
        self.env.close()


@dataclass
class EnvSpec:
    id: str
    entry_point: Any
    max_episode_steps: int = None
    kwargs: dict = field(default_factory=dict)


def register(id, entry_point, max_episode_steps=None, kwargs=None):
    registry[id] = EnvSpec(id, entry_point, max_episode_steps, kwargs or {})


def make(id, max_episode_steps=None, disable_env_checker=None, **kwargs):
    module, _, name = id.rpartition(":")
    if module:
        importlib.import_module(module)
    if name not in registry:
        raise LookupError(f"Environment `{name}` doesn't exist.")
    spec = registry[name]
    creator = spec.entry_point
    if isinstance(creator, str):
        place, _, attribute = creator.partition(":")
        creator = getattr(importlib.import_module(place), attribute)
    env = creator(**{**spec.kwargs, **kwargs})
    env.spec = spec
    limit = max_episode_steps or spec.max_episode_steps
    if limit:
        env = TimeLimit(env, limit)
        env.spec = spec
    return env


register("CartPole-v1", "gymnasium.cart_pole:CartPole", max_episode_steps=500)
