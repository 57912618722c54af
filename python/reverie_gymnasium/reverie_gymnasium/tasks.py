"""Names of the tasks that Reverie comes with, as `reverie tasks` lists them."""

TASKS = (
    "acrobot_swingup", "car_racing", "car_racing_discrete", "cartpole_balance", "cartpole_balance_sparse",
    "cartpole_swingup", "cartpole_swingup_sparse", "catch", "catch_one", "cheetah_run", "cup_catch",
    "finger_spin", "finger_turn_easy", "finger_turn_hard", "hopper_hop", "hopper_stand", "pendulum_swingup",
    "quadruped_run", "quadruped_walk", "reacher_easy", "reacher_hard", "take_cover", "walker_run",
    "walker_stand", "walker_walk",
)
