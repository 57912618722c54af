"""Every task of Reverie as a Gymnasium environment, `Reverie/NAME-v0`, played by Reverie in a process beside this one.

    import gymnasium
    import reverie_gymnasium

    env = gymnasium.make("Reverie/catch-v0", render_mode="rgb_array")
"""
import gymnasium

from reverie_gymnasium.environment import ReverieEnv
from reverie_gymnasium.tasks import TASKS

__all__ = ["ReverieEnv", "TASKS"]

for _task in TASKS:
    gymnasium.register(
        id=f"Reverie/{_task}-v0", entry_point="reverie_gymnasium.environment:ReverieEnv", kwargs={"task": _task})
