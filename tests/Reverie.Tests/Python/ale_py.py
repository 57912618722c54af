"""A stand-in for the emulator of Atari, which counts frames: as much of ale-py as Reverie touches.

A frame is black but for the number of it, in the pixels 0 to 3 of its first row (the lower bytes, as colours), one pixel
of its second row, whose place is the number, and the choice that was done, in the third. A frame's reward is that choice.
Of three lives one is lost in each of the frames 50, 90 and 120, and the last ends the game.
"""
import numpy as np

from gymnasium import Env, register, spaces

HEIGHT, WIDTH, LOSSES = 210, 160, (50, 90, 120)


class Emulator(Env):
    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, game, frameskip=4, repeat_action_probability=0.25, full_action_space=False,
                 max_num_frames_per_episode=108_000, render_mode=None):
        if frameskip != 1 or max_num_frames_per_episode is not None:
            raise ValueError(f"asked for {frameskip} frames at once and {max_num_frames_per_episode} at most")
        self.sticky, self.render_mode = repeat_action_probability, render_mode
        self.observation_space = spaces.Box(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
        self.action_space = spaces.Discrete(18 if full_action_space else 6)
        self.frame, self.done = 0, 0

    def picture(self):
        screen = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        screen[0, 0] = self.frame % 256
        screen[1, self.frame % WIDTH] = 200
        screen[2, 0] = self.done
        return screen

    def lives(self):
        return {"lives": sum(self.frame < loss for loss in LOSSES), "frame_number": self.frame}

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.frame, self.done = 0, 0
        return self.picture(), self.lives()

    def step(self, action):
        if self.np_random.random() >= self.sticky:
            self.done = int(action)
        self.frame += 1
        return self.picture(), float(self.done), self.frame >= LOSSES[-1], False, self.lives()


for game in ("Pong", "MsPacman"):
    register(f"ALE/{game}-v5", Emulator, kwargs={"game": game, "max_num_frames_per_episode": 108_000})
