"""Steps a second of a Gymnasium environment in Python itself, to compare with `reverie bench env --task gym:ID`.

    python3 benchmarks/gymnasium_steps.py ID [--seconds 3] [--draw]

--draw renders every step, as Reverie does where an environment has no pictures and the agent sees some.
"""
import argparse
import json
import time

import gymnasium


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("id")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--draw", action="store_true")
    typed = parser.parse_args()
    env = gymnasium.make(typed.id, render_mode="rgb_array" if typed.draw else None, disable_env_checker=True)
    env.action_space.seed(1)
    actions = [env.action_space.sample() for _ in range(1000)]
    env.reset(seed=1)
    steps, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < typed.seconds:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if typed.draw:
                env.render()
            if terminated or truncated:
                env.reset()
        steps += len(actions)
    print(json.dumps({"id": typed.id, "draw": typed.draw, "steps_per_second": steps / (time.perf_counter() - begun)}))


if __name__ == "__main__":
    main()
