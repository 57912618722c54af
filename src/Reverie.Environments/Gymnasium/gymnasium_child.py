"""One Gymnasium environment, for Reverie at the other end of a line (gymnasium_process.py, which goes before this, as
do gymnasium_values.py and gymnasium_masks.py: what the numbers of an environment may be).

Needs numpy and Gymnasium alone. Commands are describe, memory and where it lies as JSON, reset [SEED], step, draw,
close. What is large goes through the memory: reward, flags, action, mask, vector, pictures, at offsets that it is told.
"""
import atexit
import mmap


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


def too_large(size):
    return int(size[0]) * int(size[1]) > LARGEST_PICTURE


def make(name, options):
    """The environment, able to draw itself where it is."""
    try:
        return gymnasium.make(name, render_mode="rgb_array", disable_env_checker=True, **options)
    except Exception:
        return gymnasium.make(name, disable_env_checker=True, **options)


def lives_of(info):
    """What a game tells of its player's lives; -1 where it tells nothing."""
    lives = info.get("lives")
    return min(int(lives), 2**31 - 1) if isinstance(lives, (int, np.integer)) and lives >= 0 else -1


def begun(env):
    """The info of a first reset, and None; or nothing, and the reason why."""
    try:
        result = env.reset(seed=0)
        return result[1] if isinstance(result, tuple) and isinstance(result[-1], dict) else {}, None
    except Exception as fault:
        return {}, reason(fault)


def drawn(env, fault):
    """A picture by the environment's own drawing and None, or None and the reason why there is none. It must have been
    reset, and may have failed to be."""
    if getattr(env, "render_mode", None) != "rgb_array" or fault:
        return None, fault or "it has no render_mode rgb_array"
    try:
        frame = np.asarray(env.render())
        if frame.ndim == 3 and too_large(frame.shape[:2]):
            return None, f"render gave a picture of {frame.shape[0]} by {frame.shape[1]}, which is too large"
        if frame.ndim == 3 and frame.shape[2] in (1, 3, 4) and frame.dtype == np.uint8:
            return Picture(frame.shape, ()), None
        return None, f"render gave {frame.dtype} of {frame.shape}, and pictures are uint8 of (H, W, 3)"
    except Exception as fault:
        return None, reason(fault)


def describe(env, observation, action, mask, fault, name):
    picture, why = (None, None) if observation.pictures else drawn(env, fault)
    shown = observation.pictures or ([picture] if picture else [])
    spec = getattr(env, "spec", None)
    for one in shown:
        if too_large(one.size):
            raise ValueError(f"a picture of {one.size} is too large; it may have {LARGEST_PICTURE} pixels at most")
    if not shown and not observation.entries:
        raise TypeError(f"nothing of its observation space can be shown here: {env.observation_space}")
    return picture, {
        "origin": f"gymnasium {gymnasium.__version__}, {getattr(spec, 'id', name)}, Python "
                  + ".".join(map(str, sys.version_info[:3])),
        "pictures": [[Observation.name(one.path), *map(int, one.size)] for one in shown],
        "rendered": not observation.pictures and bool(observation.entries),
        "no_picture": why,
        "entries": [[Observation.name(path), len(low)] for path, _, low, _ in observation.entries],
        "low": numbers(observation.low), "high": numbers(observation.high),
        "action": action.describe(),
        "masked": mask.told,
        "steps": int(getattr(spec, "max_episode_steps", None) or 0),
        "left_out": observation.left_out,
    }


def parts(places, description):
    """Views into the memory: reward, flags, lives, action as numbers and as a choice, its mask, vector, pictures."""
    with open(places["file"], "r+b") as file:
        memory = mmap.mmap(file.fileno(), places["size"])

    def view(kind, name, count):
        return np.frombuffer(memory, kind, count, places[name])
    groups = description["action"].get("groups", [description["action"]])
    values = sum(len(group["low"]) if "low" in group else group["choices"] for group in groups)
    sizes = [(rows, columns, 3) for _, rows, columns in description["pictures"]]
    ends = np.cumsum([0] + [np.prod(size) for size in sizes])
    whole = view(np.uint8, "picture", int(ends[-1]))
    pixels = [whole[start:end].reshape(size) for start, end, size in zip(ends, ends[1:], sizes)]
    return (view(np.float64, "reward", 1), view(np.uint8, "flags", 2), view(np.int32, "lives", 1),
            view(np.float32, "action", values), view(np.int32, "action", 1),
            view(np.uint8, "mask", values if description["masked"] else 0),
            view(np.float32, "vector", len(description["low"])), pixels)


def serve(env, line):
    action, mask = Action(env.action_space), Mask(env.action_space, env.observation_space)
    observation = Observation(env.observation_space, without=(MASK,) if mask.observed else None)
    info, fault = begun(env) if mask.wants_info or not observation.pictures else ({}, None)
    mask.told |= mask.wants_info and MASK in info
    picture, description = describe(env, observation, action, mask, fault, sys.argv[-1])
    line.give("d", description)

    def show(seen, info, over):
        observation.write(seen)
        info = info if isinstance(info, dict) else {}
        lives[0] = lives_of(info)
        if mask.told:
            mask.write(seen, info, over, told)
        elif MASK in info:
            mask.demand_none(info)
    always = not observation.pictures and not observation.entries     # nothing else is there to be seen
    for command in iter(line.take, []):
        word = command[0]
        try:
            if word == b"close":
                return
            elif word == b"memory":
                reward, flags, lives, values, choice, told, vector, pixels = parts(json.loads(command[1]), description)
                observation.bind(vector, pixels)
            elif word == b"step":
                result = env.step(action.read(values, choice))
                if len(result) != 5:
                    raise TypeError(f"step returned {len(result)} values; Gymnasium's returns 5")
                over = flag(result[2], "terminated"), flag(result[3], "truncated")
                show(result[0], result[4], any(over))
                reward[0] = real(result[1])
                flags[:] = over
            elif word == b"reset":
                result = env.reset(seed=int(command[1]) if len(command) > 1 else None)
                if not isinstance(result, tuple) or len(result) != 2:
                    raise TypeError("reset returned no pair of observation and info, as Gymnasium's does")
                show(*result, over=False)
            elif word != b"draw":
                raise ValueError(f"there is no command {plain(word)}")
            if word == b"draw" or always and word in (b"step", b"reset"):
                picture.write(env.render(), pixels[0])
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
        environment = make(sys.argv[-1], json.loads(sys.argv[-2]))
        serve(environment, line)
    except BrokenPipeError:
        pass
    except BaseException as fault:
        line.give("d", {"error": reason(fault)})
    leave(environment)
