using Reverie.Replay;

namespace Reverie.Tests.Fakes;

/// <summary>Episodes of <see cref="CountingEnvironment"/>, recorded as a run records them.</summary>
internal static class Episodes
{
    public static EpisodeLayout Layout(int actionSize = 2)
    {
        var environment = new CountingEnvironment(actionSize: actionSize);
        return EpisodeLayout.From(environment.ObservationSpace, environment.ActionSpace);
    }

    /// <summary>An episode of that many decisions, hence one row more.</summary>
    public static Episode Counting(int decisions, bool terminates = false, int actionSize = 2)
    {
        using var environment = new CountingEnvironment(decisions, terminates, actionSize);
        var recorder = new EpisodeRecorder(Layout(actionSize));
        recorder.Begin(environment.Reset());
        for (var t = 1; !recorder.IsComplete; t++)
        {
            var action = environment.ActionAt(t);
            recorder.Add(action, environment.Step(action));
        }
        return recorder.Finish();
    }
}
