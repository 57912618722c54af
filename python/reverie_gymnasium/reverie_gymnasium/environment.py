"""A task of Reverie as a Gymnasium environment."""
import gymnasium
import numpy as np
from gymnasium import spaces

from reverie_gymnasium.server import Server


class ReverieEnv(gymnasium.Env):
    """A task of Reverie, played by `reverie env serve` in a process of its own.

    task: a name of `reverie tasks`, or FILE.dll:TYPE, or dream:RUN.
    observation: "pixels" (H, W, 3), "vector", or "both", a Dict of image and vector. Where a task names its pictures and
        vectors, all of them are a Dict by name.
    render_mode: None or "rgb_array"; a picture is then made every step, whatever is observed.
    settings: values of `reverie presets --keys`, such as {"environment.action_repeat": 2}; one step is one step unless
        that says otherwise.
    command: the program; else the variable REVERIE_COMMAND, the checkout that this package lies in, or `reverie`.

    Several choices at once are a MultiDiscrete, and with continuous actions a Tuple of Discrete and Box. Where a task says
    what may not be chosen next, info has `action_mask`, as `action_space.sample` takes it.
    Continuous actions are in [-1, 1], mapped to the task's bounds. A time limit truncates and never terminates.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(self, task, observation="pixels", render_mode=None, settings=None, command=None):
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f"render_mode is None or 'rgb_array', not {render_mode!r}")
        if observation not in ("pixels", "vector", "both"):
            raise ValueError(f"observation is 'pixels', 'vector' or 'both', not {observation!r}")
        self.render_mode = render_mode
        self.observation = observation
        served = "both" if observation == "vector" and render_mode == "rgb_array" else observation
        self._begun = False
        self._server = Server(task, served, settings or {}, command)
        self.observation_space = self._observation_space(self._server.description)
        self.action_space = self._action_space(self._server.description)

    def reset(self, *, seed=None, options=None):
        """Begins an episode. There are no options."""
        super().reset(seed=seed)
        if options:
            raise ValueError(f"Reverie's tasks have no reset options: {options!r}")
        if seed is None and not self._begun:
            seed = int(self.np_random.integers(2**31))
        self._demand_open()
        self._begun = True
        self._server.ask("reset" if seed is None else f"reset {seed % 2**31}")
        return self._observe(), self._info()

    def step(self, action):
        """Takes an action; continuous ones beyond [-1, 1] are cut off there."""
        self._demand_open()
        if isinstance(self.action_space, spaces.Discrete):
            if not self.action_space.contains(action):
                raise ValueError(f"{action!r} is not one of {self.action_space.n} choices")
            self._server.choice[0] = int(action)
        elif isinstance(self.action_space, (spaces.MultiDiscrete, spaces.Tuple)):
            self._put(action)
        else:
            given = np.asarray(action, dtype=np.float32)
            if given.shape != self.action_space.shape:
                raise ValueError(f"an action of {given.shape} where the space says {self.action_space.shape}")
            if not np.isfinite(given).all():
                raise ValueError(f"{action!r} is not finite")
            np.clip(given, self.action_space.low, self.action_space.high, out=self._server.action)
        self._server.ask("step")
        terminated, truncated = (bool(flag) for flag in self._server.flags)
        return self._observe(), float(self._server.reward[0]), terminated, truncated, self._info()

    def render(self):
        """The present picture, (H, W, 3), several side by side, or None without a render_mode."""
        if self.render_mode != "rgb_array":
            return None
        self._demand_open()
        views = self._views()
        if not views:
            return self._server.picture.copy()
        return np.concatenate([one[..., :3] if one.shape[-1] >= 3 else one[..., [0, 0, 0]] for one in views.values()], axis=1)

    def close(self):
        """Ends the process."""
        if getattr(self, "_server", None) is not None:
            self._server.close()
            self._server = None

    def __del__(self):
        self.close()

    def _demand_open(self):
        if self._server is None:
            raise RuntimeError("this environment was closed; make another one")

    def _put(self, action):
        """Writes an action of several groups, choices one-hot."""
        groups = self._server.description["action_groups"]
        if len(action) != len(groups):
            raise ValueError(f"an action of {len(action)} groups where the space has {len(groups)}")
        written = []
        for one, group in zip(action, groups):
            if group["choices"] is None:
                given = np.asarray(one, dtype=np.float32)
                if given.shape != (len(group["low"]),) or not np.isfinite(given).all():
                    raise ValueError(f"{one!r} is not {len(group['low'])} finite numbers")
                written.append(np.clip(given, group["low"], group["high"]))
            else:
                if not 0 <= int(one) < group["choices"] or int(one) != one:
                    raise ValueError(f"{one!r} is not one of {group['choices']} choices")
                written.append(np.eye(group["choices"], dtype=np.float32)[int(one)])
        self._server.action[:] = np.concatenate(written)

    def _views(self):
        """Each of the pictures with a name, the older ones of a stack after the newest."""
        views, start = {}, 0
        step = sum(channels for _, channels in self._server.description["views"])
        for name, channels in self._server.description["views"]:
            older = range(start, self._server.picture.shape[-1], step)
            views[name] = np.concatenate([self._server.picture[..., at:at + channels] for at in older], axis=-1)
            start += channels
        return views

    def _entries(self):
        """Each of the vectors with a name."""
        sizes = [size for _, size in self._server.description["entries"]]
        parts = np.split(self._server.vector.copy(), np.cumsum(sizes)[:-1])
        return {name: part for (name, _), part in zip(self._server.description["entries"], parts)}

    def _observe(self):
        described = self._server.description
        seen = {}
        if self.observation != "vector":
            seen.update(self._views() if described["views"] else {"image": self._server.picture.copy()})
        if self.observation != "pixels":
            seen.update(self._entries() if described["named"] else {"vector": self._server.vector.copy()})
        if not isinstance(self.observation_space, spaces.Dict):
            return next(iter(seen.values()))
        return {name: seen[name] for name in self.observation_space.spaces}

    def _info(self):
        """The mask: of one choice, or a tuple with that of each group, None where it is continuous."""
        if self._server.mask is None:
            return {}
        masks, start = [], 0
        for group in self._server.description["action_groups"] or [self._server.description]:
            size = group["choices"] or len(group["low"])
            masks.append(self._server.mask[start:start + size].astype(np.int8) if group["choices"] else None)
            start += size
        return {"action_mask": masks[0] if isinstance(self.action_space, spaces.Discrete) else tuple(masks)}

    def _observation_space(self, described):
        parts = {}
        if self.observation != "vector":
            height, width, channels = described["picture"]
            step = sum(own for _, own in described["views"]) or channels
            parts.update({name: spaces.Box(0, 255, (height, width, channels // step * own), np.uint8)
                          for name, own in described["views"] or [["image", channels]]})
        if self.observation != "pixels":
            ends = np.cumsum([size for _, size in described["entries"]] if described["named"] else [len(described["low"])])
            names = [name for name, _ in described["entries"]] if described["named"] else ["vector"]
            parts.update({name: _box(described["low"][start:end], described["high"][start:end])
                          for name, start, end in zip(names, [0, *ends], ends)})
        is_one = len(parts) == 1 and not described["named"] and not described["views"]
        return next(iter(parts.values())) if is_one else spaces.Dict(parts)

    @staticmethod
    def _action_space(described):
        if described["choices"] is not None:
            return spaces.Discrete(described["choices"])
        if described.get("action_groups"):
            groups = described["action_groups"]
            if all(group["choices"] is not None for group in groups):
                return spaces.MultiDiscrete([group["choices"] for group in groups])
            return spaces.Tuple([_box(group["low"], group["high"]) if group["choices"] is None
                                 else spaces.Discrete(group["choices"]) for group in groups])
        return _box(described["action_low"], described["action_high"])


def _box(low, high):
    return spaces.Box(
        np.array([-np.inf if bound is None else bound for bound in low], dtype=np.float32),
        np.array([np.inf if bound is None else bound for bound in high], dtype=np.float32), dtype=np.float32)
