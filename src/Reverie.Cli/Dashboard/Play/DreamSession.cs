using System.Collections.Concurrent;
using System.Diagnostics;
using Reverie.Dreams;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>
/// One person's dream: messages in, frames out, in time. The dream, its tensors and its environment belong to the
/// thread that runs it.
/// </summary>
/// <param name="play">The dream; the caller disposes it.</param>
/// <param name="controls">What there is to do in it.</param>
/// <param name="line">Where frames go.</param>
/// <param name="idle">Ends it after so long without a message.</param>
internal sealed class DreamSession(DreamPlay play, PlayControls controls, IPlayLine line, TimeSpan idle)
{
    private const int FirstSeed = 1;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private float[] action = [.. controls.Entries.Select(entry => entry.Idle)];
    private double rate = controls.Rate;
    private bool isPaused = true, hasPolicy;
    private TimeSpan next, heard;

    /// <summary>Plays until the messages end, the person is silent for too long, or it is to stop.</summary>
    /// <param name="messages">What the page asks, or why it could not be understood.</param>
    /// <param name="stop">Leaves.</param>
    /// <returns>Why it ended, in a line; null where nobody is there any longer.</returns>
    /// <exception cref="ReverieException">The environment cannot be made here.</exception>
    public string? Run(BlockingCollection<PlayRequest> messages, CancellationToken stop)
    {
        line.Send(play.Reset(FirstSeed), isPaused, clock.Elapsed.TotalMilliseconds);
        while (!messages.IsCompleted)
        {
            stop.ThrowIfCancellationRequested();
            var left = isPaused ? heard + idle - clock.Elapsed : next - clock.Elapsed;
            if (messages.TryTake(out var request, Milliseconds(left), stop))
            {
                heard = clock.Elapsed;
                Answer(request, stop);
            }
            else if (clock.Elapsed - heard >= idle)
                return $"nobody touched the controls for {idle.TotalMinutes:0.#} minutes; open the page again to go on";
            else if (!isPaused && clock.Elapsed >= next)
                Decide(stop);
        }
        return null;
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, 60000);

    private void Answer(PlayRequest request, CancellationToken stop)
    {
        if (request.Message is not { } message)
        {
            line.Refuse(request.Fault!);
            return;
        }
        (rate, play.Temperature) = (message.Rate ?? rate, message.Temperature ?? play.Temperature);
        (play.HasOpenEyes, hasPolicy) = (message.Eyes ?? play.HasOpenEyes, message.Policy ?? hasPolicy);
        action = message.Action ?? action;
        var (before, wasPaused) = (play.IsBeside, isPaused);
        play.IsBeside = message.Beside ?? before;
        isPaused = message.Do switch { "play" => false, "pause" or "step" => true, _ => isPaused };
        if (wasPaused && !isPaused)
            next = clock.Elapsed;
        if (message.Do == "reset")
            Try(() => play.Reset(message.Seed ?? FirstSeed));
        else if (message.Do == "step")
            Decide(stop);
        else if (play.IsBeside != before || isPaused != wasPaused)
            Try(() => play.Look(stop));
    }

    // A decision that took too long is not made up for by haste.
    private void Decide(CancellationToken stop)
    {
        next += TimeSpan.FromSeconds(1 / rate);
        if (next < clock.Elapsed)
            next = clock.Elapsed;
        Try(() => play.Step(hasPolicy ? play.PolicyAction() : action, stop));
    }

    // What the person or the environment did wrong is told, and the dream stands still.
    private void Try(Func<DreamFrame> move)
    {
        var began = clock.Elapsed;
        try
        {
            var frame = move();
            isPaused |= frame.IsOver;
            line.Send(frame, isPaused, (clock.Elapsed - began).TotalMilliseconds);
        }
        catch (ReverieException fault)
        {
            isPaused = true;
            line.Refuse(fault.Message);
        }
    }
}
