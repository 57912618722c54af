using System.Globalization;

namespace Reverie.Environments.ControlSuite;

/// <summary>What uniformly random actions get, measured here: 200 episodes a task, repeat 2, seeds 1000 to 1199.</summary>
internal static class RandomReturns
{
    private const double Most = 1000;

    private static readonly Dictionary<string, double> Means = """
        acrobot_swingup 3.7
        cartpole_balance 316.4
        cartpole_balance_sparse 41.4
        cartpole_swingup 49.7
        cartpole_swingup_sparse 0.0
        cheetah_run 6.8
        cup_catch 47.7
        finger_spin 1.2
        finger_turn_easy 157.9
        finger_turn_hard 63.3
        hopper_hop 0.1
        hopper_stand 2.2
        pendulum_swingup 0.7
        quadruped_run 98.7
        quadruped_walk 98.9
        reacher_easy 51.1
        reacher_hard 6.9
        walker_run 24.9
        walker_stand 134.9
        walker_walk 41.4
        """.Split('\n').Select(line => line.Split(' ')).ToDictionary(
            words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>The scale of a task: up to the most there is, a reward of 1 at each of a thousand steps.</summary>
    internal static ScoreScale ScaleOf(string task) => new(Means[task], Most,
        "control suite: random actions measured here (200 episodes, repeat 2), and 1000, the most there is");
}
