"""The cart and pole that documents name as an example: the equations of Barto, Sutton and Anderson (1983), Euler steps of
0.02 s, a push of 10 N to either side, over when the pole leaves 12 degrees or the cart 2.4 metres."""
import numpy as np

from gymnasium import Env, spaces

GRAVITY, CART, POLE, HALF_LENGTH, FORCE, STEP = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02
FARTHEST, STEEPEST = 2.4, np.radians(12)


class CartPole(Env):
    metadata = {"render_modes": ["rgb_array"], "render_fps": 50}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode
        edge = np.array([2 * FARTHEST, np.inf, 2 * STEEPEST, np.inf], np.float32)
        self.observation_space, self.action_space = spaces.Box(-edge, edge, (4,), np.float32), spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(-0.05, 0.05, 4)
        return self.state.astype(np.float32), {}

    def step(self, action):
        place, speed, angle, turn = self.state
        sine, cosine = np.sin(angle), np.cos(angle)
        pull = ((FORCE if action == 1 else -FORCE) + POLE * HALF_LENGTH * turn ** 2 * sine) / (CART + POLE)
        twist = (GRAVITY * sine - cosine * pull) / (HALF_LENGTH * (4 / 3 - POLE * cosine ** 2 / (CART + POLE)))
        push = pull - POLE * HALF_LENGTH * twist * cosine / (CART + POLE)
        self.state = self.state + STEP * np.array([speed, push, turn, twist])
        over = bool(abs(self.state[0]) > FARTHEST or abs(self.state[2]) > STEEPEST)
        return self.state.astype(np.float32), 1.0, over, False, {}

    def render(self):
        picture = np.full((80, 120, 3), 255, np.uint8)
        cart = int(np.clip(60 + 20 * self.state[0], 5, 114))
        picture[60:68, cart - 5:cart + 5] = 0
        for along in np.linspace(0, 40, 80):
            row, column = int(60 - along * np.cos(self.state[2])), int(cart + along * np.sin(self.state[2]))
            picture[row, np.clip(column, 0, 119)] = (200, 120, 60)
        return picture
