"""Tries the package reverie_gymnasium; prints what it saw as JSON."""
import atexit
import json
import os
import signal
import sys

import gymnasium
import numpy as np
import reverie_gymnasium
from gymnasium import spaces
from reverie_gymnasium import server as servers

servers.PATIENCE = 100       # a busy machine is no fault

seen = {}


def play(env, seed, steps=8):
    observation, info = env.reset(seed=seed)
    rows = [observation]
    rewards, ends = [], []
    env.action_space.seed(seed)
    for _ in range(steps):
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        rows.append(observation)
        rewards.append(reward)
        ends.append([terminated, truncated])
        if terminated or truncated:
            break
    return rows, rewards, ends


def told(action):
    try:
        action()
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"


with gymnasium.make("Reverie/catch_one-v0", render_mode="rgb_array") as env:
    seen["catch"] = [isinstance(env.observation_space, spaces.Box), list(env.observation_space.shape),
                     str(env.observation_space.dtype), int(env.action_space.n)]
    first, rewards, ends = play(env, 3, 100)
    again, _, _ = play(env, 3, 100)
    seen["same"] = all(np.array_equal(a, b) for a, b in zip(first, again))
    seen["inside"] = all(env.observation_space.contains(row) for row in first)
    seen["rewards"], seen["last"] = rewards, ends[-2:]
    seen["picture"] = bool(np.array_equal(env.render(), again[-1]))
    seen["differs"] = not np.array_equal(first[0], first[1])
    seen["options"] = [told(lambda: env.reset(options=wish)) for wish in ({"wind": 1}, 1)]
    seen["wrong"] = told(lambda: env.step(9))
    env.reset()
    server = env.unwrapped._server
    seen["dance"] = told(lambda: server.ask("dance"))
    server.choice[0] = 9
    seen["nine"] = told(lambda: server.ask("step"))
    copy = os.fork()
    if copy == 0:               # it has no part in it, and does not keep it from ending either
        env.close()
        signal.pause()
    atexit.register(os.kill, copy, signal.SIGKILL)      # also where something below fails: it holds this one's output
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        os.kill(server._process.pid, number)
    first, _, _ = play(env, 3, 5)
    seen["goes on"] = all(np.array_equal(a, b) for a, b in zip(first, again))
    server._process.stdin.write(b"%d step\n" % (server._number + 1))     # and nobody waits for the answer
    server._number += 1
    server.ask("reset 3")
    seen["late"] = bool(np.array_equal(server.picture, again[0]))

try:
    server._process.wait(timeout=0)     # close() has waited, and was not made to kill it
finally:
    atexit.unregister(os.kill)
    os.kill(copy, signal.SIGKILL)
    os.wait()
seen["ended"] = server._process.returncode
both = gymnasium.make("Reverie/cartpole_swingup-v0", observation="both",
                      settings={"environment.quality": "fast", "environment.time_limit": 4})
rows, _, ends = play(both, 1)
seen["nan"] = told(lambda: both.step(np.array([np.nan], np.float32)))
seen["both"] = [sorted(rows[0]), list(rows[0]["vector"].shape), list(both.action_space.shape), ends]
both.close()
vector = reverie_gymnasium.ReverieEnv("catch_one", observation="vector", render_mode="rgb_array")
vector.reset(seed=1)
seen["vector"] = [list(vector.observation_space.shape), int(vector.render().max())]
vector._server._process.kill()
seen["dead"] = told(lambda: vector.step(0))
vector.close()
vector.close()
seen["closed"] = [told(call) for call in (vector.reset, lambda: vector.step(0), vector.render)]
harbour = reverie_gymnasium.ReverieEnv(sys.argv[1])
_, info = harbour.reset(seed=1)
seen["mask"] = [[len(mask), str(mask.dtype)] for mask in info["action_mask"]]
seen["obeys"] = 0
for _ in range(50):
    action = [np.flatnonzero(mask)[-1] for mask in info["action_mask"]]
    info = harbour.step(action)[-1]
    seen["obeys"] += all(mask.any() for mask in info["action_mask"])
seen["not allowed"] = told(lambda: harbour.step([np.argmin(mask) for mask in info["action_mask"]]))
harbour.close()
cameras = reverie_gymnasium.ReverieEnv("gym:trial_environments:Trial/Cameras-v0", observation="both", render_mode="rgb_array",
                                       settings={"environment.stack": 2})
cameras.reset(seed=1)
observed = cameras.step(1)[0]
seen["cameras"] = [{name: [list(value.shape), str(value.dtype)] for name, value in observed.items()},
                   observed["front"][0, 0].tolist(), observed["hand.1"].tolist(), list(cameras.render().shape),
                   cameras.observation_space.contains(observed)]
cameras.close()
seen["unknown"] = told(lambda: reverie_gymnasium.ReverieEnv("cacth"))
seen["tasks"] = list(reverie_gymnasium.TASKS)
json.dump(seen, sys.stdout)
