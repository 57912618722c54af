using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Pictures;
using Reverie.Replay;
using Reverie.Runs;

namespace Reverie.Training;

/// <summary>
/// Shows a learning agent's dream after each evaluation, beside the episode that was played: animation, strip or curves
/// in <c>videos/</c> under the names that <c>reverie dream</c> gives them, and in the log; what they are drawn from in
/// <c>evaluations/</c>. Training draws no number from it.
/// </summary>
/// <param name="run">Whose directory.</param>
/// <param name="agent">Who dreams; one without a model of pictures or vectors shows nothing.</param>
/// <param name="log">Takes the pictures.</param>
/// <param name="logger">Told, in a line, where a dream could not be kept: that is no reason to stop a run.</param>
internal sealed class DreamLog(RunDirectory run, IAgent agent, RunLogger log, ILogger logger)
{
    private const int Rows = 50, ContextRows = 5, Scale = 2;

    /// <summary>Imagines the episode from its first rows on.</summary>
    /// <param name="episode">What happened; too short a one is not dreamt of.</param>
    /// <param name="task">Its task, where several are learned: files and pictures are named by it.</param>
    /// <param name="counters">How far the run is.</param>
    /// <param name="seed">Decides the samples of the latents.</param>
    public void Show(Episode episode, string? task, Counters counters, ulong seed)
    {
        var isLong = episode.Rows > ContextRows;
        var dream = isLong && agent is IDreamingAgent dreaming
            ? OpenLoopDream.Of(dreaming, episode, 0, Rows, ContextRows, seed) : null;
        var foresight = isLong && agent is ModelAgent modelled ? Foresight.Of(modelled, episode, Rows, seed) : null;
        var (end, tag) = task is null ? ("", "") : ($"-{FileName(task)}", $"/{AssemblyTasks.ShortName(task)}");
        try
        {
            EvaluationRecord.Write(run.Evaluations, counters.Updates, episode, dream, foresight, episode.Task > 0 ? end : "");
            if (dream?.Pictures is { } clip)
                Write(clip, counters, end, tag);
            if (dream?.Vectors is { } curves)
                Write(curves, counters, dream.Pictures is null ? end : $"{end}-vector", tag);
        }
        catch (ReverieException fault)
        {
            logger.Warn($"the dream after {counters.Updates} updates is not kept: {fault.Message}");
        }
    }

    private void Write(DreamClip clip, Counters counters, string end, string tag)
    {
        var (animation, strip) = (PathOf(counters, $"{end}.gif"), PathOf(counters, $"{end}.png"));
        DreamVideo.WriteGif(animation, clip, Scale);
        DreamVideo.WriteStrip(strip, clip);
        log.Write(PictureRecord.Read($"dream{tag}/animation", counters.EnvSteps, animation));
        log.Write(PictureRecord.Read($"dream{tag}/strip", counters.EnvSteps, strip));
    }

    private void Write(DreamCurves curves, Counters counters, string end, string tag)
    {
        var path = PathOf(counters, $"{end}.png");
        DreamPlot.Write(path, curves);
        log.Write(PictureRecord.Read($"dream{tag}/vector", counters.EnvSteps, path));
    }

    private static string FileName(string task) =>
        string.Concat(AssemblyTasks.ShortName(task).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' ? letter : '-'));

    private string PathOf(Counters counters, string ending)
    {
        Directory.CreateDirectory(run.Videos);
        return Path.Combine(run.Videos, $"dream-{counters.Updates:D9}{ending}");
    }
}
