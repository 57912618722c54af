"""Names of the tasks that Reverie comes with, as `reverie tasks` lists them."""

TASKS = (
    "acrobot_swingup", "car_racing", "car_racing_discrete", "cartpole_balance", "cartpole_balance_sparse",
    "cartpole_swingup", "cartpole_swingup_sparse", "catch", "catch_one", "cheetah_run", "cup_catch", "finger_spin",
    "finger_turn_easy", "finger_turn_hard", "hopper_hop", "hopper_stand", "mini_asterix", "mini_asterix_full",
    "mini_asterix_full_planes", "mini_asterix_planes", "mini_breakout", "mini_breakout_full",
    "mini_breakout_full_planes", "mini_breakout_planes", "mini_freeway", "mini_freeway_full",
    "mini_freeway_full_planes", "mini_freeway_planes", "mini_seaquest", "mini_seaquest_planes",
    "mini_space_invaders", "mini_space_invaders_full", "mini_space_invaders_full_planes",
    "mini_space_invaders_planes", "pendulum_swingup", "quadruped_run", "quadruped_walk", "reacher_easy",
    "reacher_hard", "take_cover", "walker_run", "walker_stand", "walker_walk",
)
