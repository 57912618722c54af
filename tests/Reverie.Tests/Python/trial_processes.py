"""Environments for the tests, with the habits of simulators: they start programs, fork, print, close and kill."""
import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing import shared_memory

import gymnasium
import numpy as np
from gymnasium import spaces

LOUD = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


def answer_pipe():
    """The descriptor that answers go to, which nobody should write to."""
    for name in sorted(os.listdir("/proc/self/fd"), key=int, reverse=True):
        try:
            if int(name) > 2 and os.readlink(f"/proc/self/fd/{name}").startswith("pipe:") \
                    and open(f"/proc/self/fdinfo/{name}").read().split()[3].endswith("1"):
                return int(name)
        except OSError:
            pass
    raise LookupError("there is none")


class Counts(gymnasium.Env):
    """Observes the number of steps, and a number of its own; the habit comes at each of them."""

    observation_space = spaces.Box(0, 1e9, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, habit=None, at_close=None, render_mode=None):
        self.habit, self.at_close, self.time, self.own = habit, at_close, 0, 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.time = 0
        return np.array([0, self.own], np.float32), {}

    def step(self, action):
        self.time += 1
        if self.habit:
            self.habit(self)
        return np.array([self.time, self.own], np.float32), 1.0, False, self.time >= 40, {}

    def close(self):
        if self.at_close:
            self.at_close()


def starts_a_reader(env):
    subprocess.run(["head", "-c", "1"], stdout=subprocess.DEVNULL, check=True)
    os.system("cat > /dev/null")


def keeps_a_reader(env):
    if not hasattr(env, "reader"):
        env.reader = subprocess.Popen(["cat"], stdout=subprocess.DEVNULL, close_fds=False)


def closes_all(env):
    os.closerange(3, 65536)
    env.files = [open(os.devnull, "r+") for _ in range(150)]


def forks(env):
    if os.fork() == 0 and env.time % 2:
        os._exit(0)             # the other copy goes on as if it were the environment


def has_workers(env):
    """A worker must be ended by a signal, as pools of them are, and be it as young as can be."""
    for _ in range(20):
        worker = multiprocessing.get_context("fork").Process(target=signal.pause, daemon=True)
        worker.start()
        worker.terminate()
        worker.join()
    program = subprocess.Popen(["sleep", "1000"])
    program.terminate()
    env.own = -worker.exitcode - program.wait()         # 15 + 15


def is_signalled(env):
    for number in LOUD:
        os.kill(os.getpid(), number)
        os.kill(os.getppid(), number)
        os.killpg(0, number)


def prints(env):
    print('7 k\nk\n7 e"x"', flush=True)
    sys.stdout.write('{"error": 1}')
    os.write(1, b"\xff\x00binary\n" * 500 + b"no end of line" * 20000)
    os.write(2, b"\xff\xfe" * 100000)


def leaves_a_program(env):
    if not env.own:
        env.own = subprocess.Popen(["sleep", "1000"], start_new_session=True).pid


def answers_by_itself(env):
    os.write(answer_pipe(), b"k\n")


def floods_the_answers(env):
    for _ in range(100):
        os.write(answer_pipe(), b"x" * 4096)


def holds_the_interpreter(env):
    ctypes.PyDLL(None).sleep(1000)


def leaves_a_program_and_holds(env):
    leaves_a_program(env)
    if env.time == 20:
        holds_the_interpreter(env)


def leaves_shared_memory(env):
    if env.own:
        os._exit(7)
    env.own = os.getpid()
    env.memory = shared_memory.SharedMemory(f"reverie-trial-{env.own}", create=True, size=16)


def has_an_odd_error(env):
    raise ValueError("no caf\udce9\nand \x1b[31mmuch" + "x" * 100000)


def dies_with_odd_words(env):
    os.write(2, b"cannot open caf\xe9.map\n \n\n")
    os._exit(3)



class Draws(Counts):
    metadata = {"render_modes": ["rgb_array"]}
    render_mode = "rgb_array"

    def render(self):
        return np.broadcast_to(np.uint8(0), (30000, 30000, 3))


class Giant(Counts):
    def __init__(self, **options):
        super().__init__(**options)
        self.observation_space = spaces.Box(0, 255, (30000, 30000, 3), np.uint8)


class Flags(Counts):
    """Truth values that are none."""

    def __init__(self, value, **options):
        super().__init__(**options)
        self.value = value

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, self.value, truncated, info


def hangs():
    signal.pause()


for _habit in (starts_a_reader, keeps_a_reader, closes_all, forks, has_workers, is_signalled, prints, leaves_a_program,
               leaves_a_program_and_holds, leaves_shared_memory, answers_by_itself, floods_the_answers,
               holds_the_interpreter, has_an_odd_error, dies_with_odd_words):
    gymnasium.register(f"{_habit.__name__}-v0", Counts, kwargs={"habit": _habit})
gymnasium.register("close_hangs-v0", Counts, kwargs={"at_close": hangs})
gymnasium.register("draws-v0", Draws)
gymnasium.register("giant-v0", Giant)
gymnasium.register("word-v0", Flags, kwargs={"value": "False"})
gymnasium.register("none-v0", Flags, kwargs={"value": None})
gymnasium.register("one-v0", Flags, kwargs={"value": np.array([False])})
