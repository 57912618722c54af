namespace Reverie.Environments.ControlSuite;

/// <summary>How a recorded episode is replayed.</summary>
public enum ReplayMode
{
    /// <summary>From the recorded start through all recorded actions.</summary>
    Trajectory,

    /// <summary>Every step on its own from the recorded state before it, so that no error grows.</summary>
    OneStep,
}

/// <summary>The largest absolute errors of one replayed file; null where nothing was compared.</summary>
/// <param name="File">The file.</param>
/// <param name="Task">The task it was recorded from.</param>
/// <param name="Mode">How it was replayed.</param>
/// <param name="State">Of positions, velocities and activations.</param>
/// <param name="Observation">Of the observations.</param>
/// <param name="Reward">Of the rewards.</param>
/// <param name="Probes">Of rewards and observations in the probed states.</param>
/// <param name="Picture">Of a colour, of 255, over the pictures beside the file.</param>
/// <param name="Ok">Whether all numbers agree to 1e-9 (relative to those above 1) and the pictures to 0.5 of 255 in
/// the mean.</param>
public sealed record ReplayResult(string File, string Task, ReplayMode Mode,
    double? State, double? Observation, double? Reward, double? Probes, double? Picture, bool Ok);
