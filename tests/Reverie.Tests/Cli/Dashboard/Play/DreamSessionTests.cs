using System.Collections.Concurrent;
using Reverie.Cli.Dashboard.Play;
using Reverie.Dreams;
using Reverie.Tests.Dreams;
using Reverie.Tests.Torch;

namespace Reverie.Tests.Cli.Dashboard.Play;

/// <summary>What a person asks of a dream, and what comes back.</summary>
[NoTensorLeaks, Collection(nameof(PlayedRuns))]
public sealed class DreamSessionTests(PlayedRuns runs)
{
    [Fact]
    public void ItStandsStillUntilItIsToldToGo()
    {
        var line = Told(Do("step"), Do("step"), new PlayMessage { Do = "reset", Seed = 5 }, Do("step"));
        Assert.Equal([0, 1, 2, 0, 1], line.Frames.Select(frame => frame.Decision));
        Assert.All(line.Paused, Assert.True);
        Assert.NotEqual(line.Frames[0].Picture, line.Frames[3].Picture);
    }

    /// <summary>The last message of a person who plays takes as long as the frames that are waited for.</summary>
    [Fact]
    public void ItGoesOnByItselfWithWhatWasLastDone()
    {
        using var play = runs.Play("planet");
        using var requests = Requests(new PlayMessage { Do = "act", Action = [0.5f], Rate = 200 }, Do("play"));
        var line = new Line(frame =>
        {
            if (frame.Decision == 5 && !requests.IsAddingCompleted) requests.CompleteAdding();
        });
        Assert.Null(Session(play, line, Long).Run(requests, default));
        Assert.Equal(5, line.Frames[^1].Decision);
        Assert.All(line.Frames.Where(frame => frame.Decision > 0), frame => Assert.Equal([0.5f], frame.Action));
    }

    [Fact]
    public void SettingsTakeEffectAtOnce()
    {
        var line = Told(Do("step"), new PlayMessage { Do = "set", Beside = true },
            new PlayMessage { Do = "set", Policy = true }, Do("step"), Do("step"));
        Assert.Equal([false, false, true, true, true], line.Frames.Select(frame => frame.Real is not null));
        Assert.Equal([0, 1, 1, 2, 3], line.Frames.Select(frame => frame.Decision));
        Assert.Equal([0f], line.Frames[1].Action);
        Assert.NotEqual(line.Frames[1].Action, line.Frames[^1].Action);
    }

    [Fact]
    public void WhatCannotBeDoneIsToldAndNothingIsLost()
    {
        var line = Told(new PlayMessage { Do = "act", Action = [5] }, Do("step"),
            new PlayMessage { Do = "act", Action = [1] }, Do("step"));
        Assert.Contains("the dream cannot take this action: entry 0", Assert.Single(line.Refusals));
        Assert.Equal([0, 1], line.Frames.Select(frame => frame.Decision));
    }

    [Fact]
    public void WhoeverIsSilentHasLeft()
    {
        using var play = runs.Play("planet");
        using var requests = new BlockingCollection<PlayRequest>();
        var session = Session(play, new Line(), TimeSpan.FromMilliseconds(1));
        Assert.Contains("nobody touched the controls", session.Run(requests, default));
    }

    [Fact]
    public void ControlsAreThoseOfTheTask()
    {
        using var play = runs.Play("discrete");
        var controls = PlayControls.Of(play.Model, play.ActionSpace);
        Assert.Equal((true, 10, false), (Assert.Single(controls.Groups).IsChoice, controls.Rate, controls.HasTime));
        Assert.Equal([0, 1, 0], controls.Entries.Select(entry => entry.Idle));
        Assert.Contains(new PlayKey("Digit2", 2, 1), controls.Keys);
        Assert.Contains(new PlayKey("ArrowLeft", 0, 1), controls.Keys);
    }

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private static PlayMessage Do(string what) => new() { Do = what };

    private static BlockingCollection<PlayRequest> Requests(params PlayMessage[] messages)
    {
        var requests = new BlockingCollection<PlayRequest>();
        foreach (var message in messages) requests.Add(new PlayRequest(message));
        return requests;
    }

    private Line Told(params PlayMessage[] messages)
    {
        using var play = runs.Play("planet");
        using var requests = Requests(messages);
        requests.CompleteAdding();
        var line = new Line();
        Assert.Null(Session(play, line, Long).Run(requests, default));
        return line;
    }

    private static DreamSession Session(DreamPlay play, Line line, TimeSpan idle) =>
        new(play, PlayControls.Of(play.Model, play.ActionSpace), line, idle);

    private sealed class Line(Action<DreamFrame>? shown = null) : IPlayLine
    {
        public List<DreamFrame> Frames { get; } = [];

        public List<bool> Paused { get; } = [];

        public List<string> Refusals { get; } = [];

        public void Send(DreamFrame frame, bool isPaused, double milliseconds)
        {
            Frames.Add(frame);
            Paused.Add(isPaused);
            shown?.Invoke(frame);
        }

        public void Refuse(string why) => Refusals.Add(why);
    }
}
