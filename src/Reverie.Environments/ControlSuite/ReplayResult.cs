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
/// <remarks>
/// Step by step, all numbers have to agree to 1e-12, relative to those above 1: that mode is the judge, since systems
/// with contacts amplify the last digit, and another processor or library may have another. A trajectory is judged as
/// strictly while its states agree so. It may leave the recorded one, by up to 1e-6 in its first 10 steps; what comes
/// then is reported, not judged.
/// </remarks>
/// <param name="File">The file.</param>
/// <param name="Task">The task it was recorded from.</param>
/// <param name="Mode">How it was replayed.</param>
/// <param name="State">Of positions, velocities and activations.</param>
/// <param name="Observation">Of the observations.</param>
/// <param name="Reward">Of the rewards.</param>
/// <param name="Probes">Of rewards and observations in the probed states.</param>
/// <param name="Picture">Of a colour, of 255, over the pictures beside the file.</param>
/// <param name="Starts">How far starts of ours are from the recorded distribution of starts, 1 being what chance
/// hardly exceeds; measured once a file, with the trajectory.</param>
/// <param name="Drifts">Whether the states of a trajectory left the recorded ones.</param>
/// <param name="Ok">Whether everything judged agrees: numbers as above, starts to 1, pictures to 0.5 of 255 in the
/// mean.</param>
public sealed record ReplayResult(string File, string Task, ReplayMode Mode,
    double? State, double? Observation, double? Reward, double? Probes, double? Picture, double? Starts,
    bool Drifts, bool Ok);
