using Reverie.Replay;

namespace Reverie.Runs;

/// <summary>What a checkpoint of a run that learns while episodes go on has beside all others: the streams, where each
/// environment is, and when the updates began. The latents that the agent acted in last, and its last actions, lie beside in
/// <c>acting.npz</c>.</summary>
/// <param name="Acts">Times that the agent has acted in all environments.</param>
/// <param name="LearnsFrom">Rows that there were before the first update; null before it.</param>
/// <param name="Environments">Where each is.</param>
/// <param name="Replay">The streams of their rows.</param>
public sealed record StepState(
    long Acts, long? LearnsFrom, IReadOnlyList<EnvironmentPlace> Environments, StreamState Replay)
{
    /// <summary>Names of the files that it has beside it.</summary>
    internal IEnumerable<string> Files => Acts > 0 ? Replay.Files.Append(ActingLatents.File) : Replay.Files;

    /// <summary>What no run has ever written, in words; null where nothing is so.</summary>
    internal string? Fault(ReplayManifest manifest) =>
        Acts < 0 || LearnsFrom < 0 || Environments.Any(place => place.Begun < 0 || place.Crashes < 0)
            ? "a count is below zero"
            : Environments.Count != Replay.Streams.Count ? "there are more environments than streams, or fewer"
            : Replay.Fault(manifest);
}

/// <summary>Where an environment is.</summary>
/// <param name="Begun">Episodes that it has begun, the one under way included.</param>
/// <param name="Crashes">Times that it crashed since it ended an episode by itself.</param>
public sealed record EnvironmentPlace(int Begun, int Crashes);
