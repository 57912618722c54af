namespace Reverie.Cli.Dashboard.Play;

/// <summary>One entry of an action.</summary>
/// <param name="Name">What it does, in a word.</param>
/// <param name="Low">Least value that is sent.</param>
/// <param name="High">Greatest value that is sent.</param>
/// <param name="OwnLow">What <paramref name="Low"/> is in the task's own units.</param>
/// <param name="OwnHigh">What <paramref name="High"/> is.</param>
/// <param name="Idle">Value while nobody touches it.</param>
internal sealed record PlayControl(string Name, float Low, float High, float OwnLow, float OwnHigh, float Idle);
