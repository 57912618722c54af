"""One Gymnasium environment, for Reverie at the other end of a line (gymnasium_process.py, which goes before this).

Needs numpy and Gymnasium alone. Commands are describe, memory and where it lies as JSON, reset [SEED], step, draw,
close. What is large goes through the memory: reward, flags, action, vector, picture, at offsets that it is told.
"""
import atexit
import mmap

PICTURE_SIDE = 16           # smaller ones are tables of codes, such as a grid's, and are seen as vectors
LARGEST_VECTOR = 4096
LARGEST_PICTURE = 1 << 26   # pixels
PREFERRED = ("image", "pixels", "rgb", "observation")


def import_gymnasium(line):
    """The modules; or it says why not, which tells a missing one from a broken one, and leaves."""
    try:
        import numpy
        import gymnasium
        return numpy, gymnasium
    except ModuleNotFoundError as fault:
        missing = fault.name in ("gymnasium", "numpy")
        line.give("d", {"missing" if missing else "error": plain(fault)})
    except Exception as fault:
        line.give("d", {"error": reason(fault)})
    sys.exit(0)


class Picture:
    """What of an observation is a picture, and how it becomes bytes, (H, W, 3)."""

    def __init__(self, shape, scale, path):
        self.shape, self.scale, self.path = shape, scale, path
        self.first = len(shape) == 3 and shape[2] not in (1, 3, 4)    # channels first
        self.size = shape[1:] if self.first else shape[:2]

    @staticmethod
    def of(space, path):
        shape = space.shape
        if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3, 4) and shape[0] not in (1, 3)):
            return None
        if np.prod(shape, dtype=float) > 4 * LARGEST_PICTURE:       # looking at its bounds alone would take minutes
            raise ValueError(f"{Observation.name(path)} of {shape} is too large; a picture has {LARGEST_PICTURE} "
                             "pixels at most")
        low, high = float(space.low.min()), float(space.high.max())
        if space.dtype == np.uint8 or (low >= 0 and high == 255):
            scale = 1
        elif np.issubdtype(space.dtype, np.floating) and low >= 0 and high <= 1:
            scale = 255
        else:
            return None
        picture = Picture(shape, scale, path)
        return picture if min(picture.size) >= PICTURE_SIDE else None

    def write(self, value, out):
        value = np.asarray(value)
        if value.shape != self.shape:
            raise ValueError(f"a picture of {value.shape} where its space says {self.shape}")
        if self.first:
            value = value.transpose(1, 2, 0)
        elif value.ndim == 2:
            value = value[:, :, None]
        if self.scale != 1:
            value = np.clip(value * self.scale + 0.5, 0, 255)
        np.copyto(out, value[:, :, :3], casting="unsafe")


class Observation:
    """How observations become one picture and one vector. A choice becomes as many entries as it has values."""

    def __init__(self, space):
        self.entries, self.pictures, self.left_out = [], [], []
        self.walk(space, ())
        by_name = {str(picture.path[-1]) if picture.path else "": picture for picture in self.pictures}
        wanted = next((by_name[name] for name in PREFERRED if name in by_name), None)
        self.picture = wanted or (self.pictures[0] if self.pictures else None)
        self.left_out += [self.name(one.path) for one in self.pictures if one is not self.picture]
        self.low = np.concatenate([low for _, _, low, _ in self.entries]) if self.entries else np.zeros(0)
        self.high = np.concatenate([high for _, _, _, high in self.entries]) if self.entries else np.zeros(0)

    @staticmethod
    def name(path):
        return ".".join(map(str, path)) or "observation"

    def walk(self, space, path):
        if isinstance(space, spaces.Dict):
            for key, inner in space.spaces.items():
                self.walk(inner, path + (key,))
        elif isinstance(space, spaces.Tuple):
            for place, inner in enumerate(space.spaces):
                self.walk(inner, path + (place,))
        elif isinstance(space, spaces.Box) and Picture.of(space, path):
            self.pictures.append(Picture.of(space, path))
        elif isinstance(space, spaces.Box) and 0 < np.prod(space.shape, dtype=int) <= LARGEST_VECTOR:
            with np.errstate(over="ignore"):
                low, high = space.low.astype(np.float32).ravel(), space.high.astype(np.float32).ravel()
            shape = space.shape
            self.add(path, low, high, lambda value, out: np.copyto(out, exact(value, shape), casting="unsafe"))
        elif isinstance(space, spaces.Discrete):
            self.add_choices(path, [int(space.n)], [int(getattr(space, "start", 0))])
        elif isinstance(space, spaces.MultiDiscrete):
            counts = [int(n) for n in np.ravel(space.nvec)]
            starts = np.broadcast_to(getattr(space, "start", 0), np.shape(space.nvec))
            self.add_choices(path, counts, [int(start) for start in np.ravel(starts)])
        elif isinstance(space, spaces.MultiBinary):
            size, shape = int(np.prod(space.shape, dtype=int)), space.shape
            self.add(path, np.zeros(size, np.float32), np.ones(size, np.float32),
                     lambda value, out: np.copyto(out, exact(value, shape), casting="unsafe"))
        else:
            self.left_out.append(self.name(path))

    def add_choices(self, path, counts, starts):
        size = sum(counts)
        if size > LARGEST_VECTOR:
            self.left_out.append(self.name(path))
            return
        places = np.cumsum([0] + counts[:-1]) - starts

        def write(value, out):
            out[:] = 0
            out[places + np.ravel(value).astype(int)] = 1
        self.add(path, np.zeros(size, np.float32), np.ones(size, np.float32), write)

    def add(self, path, low, high, write):
        self.entries.append((path, write, low, high))

    def bind(self, vector, picture):
        """Where to write to."""
        places = np.cumsum([0] + [len(low) for _, _, low, _ in self.entries])
        self.parts = [(path, write, vector[places[i]:places[i + 1]])
                      for i, (path, write, _, _) in enumerate(self.entries)]
        self.out = picture

    def write(self, value):
        for path, write, out in self.parts:
            write(pick(value, path), out)
        if self.picture:
            self.picture.write(pick(value, self.picture.path), self.out)


class Action:
    """How what lies in the memory becomes an action: numbers within bounds, or one choice of all combinations."""

    def __init__(self, space):
        self.space = space
        if isinstance(space, spaces.Box):
            self.counts = None
        elif isinstance(space, spaces.Discrete):
            self.counts, self.starts = [int(space.n)], int(getattr(space, "start", 0))
        elif isinstance(space, spaces.MultiDiscrete):
            self.counts, self.starts = [int(n) for n in np.ravel(space.nvec)], getattr(space, "start", 0)
        elif isinstance(space, spaces.MultiBinary):
            self.counts, self.starts = [2] * int(np.prod(space.shape, dtype=int)), 0
        else:
            raise TypeError(f"actions of {space} are not known here; Box, Discrete, MultiDiscrete and MultiBinary are")

    def describe(self):
        if self.counts is None:
            with np.errstate(over="ignore"):
                return {"low": numbers(self.space.low.astype(np.float32)),
                        "high": numbers(self.space.high.astype(np.float32))}
        choices = 1
        for count in self.counts:
            choices *= count
        return {"choices": choices}

    def read(self, values, choice):
        space = self.space
        if self.counts is None:
            given = values.reshape(space.shape)
            if not np.issubdtype(space.dtype, np.floating):
                given = np.rint(given)
            return np.clip(given, space.low, space.high).astype(space.dtype)
        if isinstance(space, spaces.Discrete):
            return np.int64(choice[0]) + self.starts
        digits = np.array(np.unravel_index(int(choice[0]), self.counts)).reshape(space.shape)
        return (digits + self.starts).astype(space.dtype)


def pick(value, path):
    for key in path:
        value = value[key]
    return value


def exact(value, shape):
    value = np.asarray(value)
    if value.shape != shape:
        raise ValueError(f"an observation of {value.shape} where its space says {shape}")
    return value.ravel()


def numbers(values):
    """For JSON, which has no infinity."""
    return [float(value) if np.isfinite(value) else None for value in np.ravel(values)]


def too_large(size):
    return int(size[0]) * int(size[1]) > LARGEST_PICTURE


def make(name):
    """The environment, able to draw itself where it is."""
    try:
        return gymnasium.make(name, render_mode="rgb_array", disable_env_checker=True)
    except Exception:
        return gymnasium.make(name, disable_env_checker=True)


def drawn(env):
    """A picture by the environment's own drawing and None, or None and the reason why there is none."""
    if getattr(env, "render_mode", None) != "rgb_array":
        return None, "it has no render_mode rgb_array"
    try:
        env.reset(seed=0)
        frame = np.asarray(env.render())
        if frame.ndim == 3 and too_large(frame.shape[:2]):
            return None, f"render gave a picture of {frame.shape[0]} by {frame.shape[1]}, which is too large"
        if frame.ndim == 3 and frame.shape[2] in (1, 3, 4):
            return Picture(frame.shape, 1, ()), None
        return None, f"render gave {frame.dtype} of {frame.shape}"
    except Exception as fault:
        return None, reason(fault)


def describe(env, observation, action, name):
    picture, why = (observation.picture, None) if observation.picture else drawn(env)
    spec = getattr(env, "spec", None)
    if picture and too_large(picture.size):
        raise ValueError(f"a picture of {picture.size} is too large; it may have {LARGEST_PICTURE} pixels at most")
    if picture is None and not observation.entries:
        raise TypeError(f"nothing of its observation space can be shown here: {env.observation_space}")
    return picture, {
        "origin": f"gymnasium {gymnasium.__version__}, {getattr(spec, 'id', name)}, Python "
                  + ".".join(map(str, sys.version_info[:3])),
        "picture": [int(n) for n in picture.size] if picture else None,
        "rendered": observation.picture is None and bool(observation.entries),
        "no_picture": why,
        "entries": [[Observation.name(path), len(low)] for path, _, low, _ in observation.entries],
        "low": numbers(observation.low), "high": numbers(observation.high),
        "action": action.describe(),
        "steps": int(getattr(spec, "max_episode_steps", None) or 0),
        "left_out": observation.left_out,
    }


def parts(places, description):
    """Views into the memory: reward, flags, action as numbers and as a choice, vector, picture."""
    with open(places["file"], "r+b") as file:
        memory = mmap.mmap(file.fileno(), places["size"])

    def view(kind, name, count):
        return np.frombuffer(memory, kind, count, places[name])
    values = len(description["action"].get("low", [])) or 1
    picture = description["picture"]
    pixels = view(np.uint8, "picture", picture[0] * picture[1] * 3).reshape(*picture, 3) if picture else None
    return (view(np.float64, "reward", 1), view(np.uint8, "flags", 2), view(np.float32, "action", values),
            view(np.int32, "action", 1), view(np.float32, "vector", len(description["low"])), pixels)


def single(value, name, kinds="biuf"):
    """One number, also where it comes as an array of one."""
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in kinds:
        raise TypeError(f"{name} is {plain(repr(value))}, not one {'number' if 'f' in kinds else 'truth value'}")
    return array.item()


def flag(value, name):
    """A truth value; words such as "False" and None are none."""
    number = single(value, name, "biu")
    if number not in (0, 1):
        raise TypeError(f"{name} is {number}, not one truth value")
    return number


def serve(env, line):
    observation, action = Observation(env.observation_space), Action(env.action_space)
    picture, description = describe(env, observation, action, sys.argv[-1])
    line.give("d", description)
    always = observation.picture is None and not observation.entries     # nothing else is there to be seen
    for command in iter(line.take, []):
        word = command[0]
        try:
            if word == b"close":
                return
            elif word == b"memory":
                reward, flags, values, choice, vector, pixels = parts(json.loads(command[1]), description)
                observation.bind(vector, pixels)
            elif word == b"step":
                result = env.step(action.read(values, choice))
                if len(result) != 5:
                    raise TypeError(f"step returned {len(result)} values; Gymnasium's returns 5")
                observation.write(result[0])
                reward[0] = single(result[1], "the reward")
                flags[0], flags[1] = flag(result[2], "terminated"), flag(result[3], "truncated")
            elif word == b"reset":
                result = env.reset(seed=int(command[1]) if len(command) > 1 else None)
                if not isinstance(result, tuple) or len(result) != 2:
                    raise TypeError("reset returned no pair of observation and info, as Gymnasium's does")
                observation.write(result[0])
            elif word != b"draw":
                raise ValueError(f"there is no command {plain(word)}")
            if word == b"draw" or always and word in (b"step", b"reset"):
                picture.write(env.render(), pixels)
            line.give("k")
        except BrokenPipeError:
            return
        except BaseException as fault:
            line.give("e", reason(fault))


def leave(env):
    """Closes the environment and ends, whatever threads it left behind; the keeper waits for a while."""
    try:
        if env is not None:
            env.close()
    finally:
        atexit._run_exitfuncs()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    line = begin()
    np, gymnasium = import_gymnasium(line)
    spaces = gymnasium.spaces
    environment = None
    try:
        environment = make(sys.argv[-1])
        serve(environment, line)
    except BrokenPipeError:
        pass
    except BaseException as fault:
        line.give("d", {"error": reason(fault)})
    leave(environment)
