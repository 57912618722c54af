using System.Text.Json;
using Reverie.Logging;

namespace Reverie.Cli.Sweep;

/// <summary>A run of a sweep and how far it is. Immutable; <see cref="Sweeper"/> puts a new one in its place.</summary>
/// <param name="Run">the run</param>
/// <param name="Phase">where it is</param>
internal sealed record RunProgress(SweepRun Run, RunPhase Phase)
{
    /// <summary>Environment steps played.</summary>
    public long EnvSteps { get; init; }

    /// <summary>Seconds worked on it, by earlier processes too.</summary>
    public double Seconds { get; init; }

    /// <summary>Of the last test, else of the last evaluation, else of the last episode; NaN before.</summary>
    public double Return { get; init; } = double.NaN;

    /// <summary>The kind of record that <see cref="Return"/> is from; empty before the first.</summary>
    public string ReturnOf { get; init; } = "";

    /// <summary>Standard deviation over the episodes of the test or evaluation; NaN elsewhere.</summary>
    public double Std { get; init; } = double.NaN;

    /// <summary>What it ended with, where it failed.</summary>
    public string Fault { get; init; } = "";

    /// <summary>Where it was when this process took it up.</summary>
    public (long EnvSteps, double Seconds)? From { get; init; }

    /// <summary>Environment steps that it is to have.</summary>
    public long Total => Run.Resolved.Config.Training.EnvSteps;

    /// <summary>Time to its end at the pace since <see cref="From"/>; null while unknown.</summary>
    public TimeSpan? Left => Phase == RunPhase.Running && From is { } from
        && EnvSteps > from.EnvSteps && Seconds > from.Seconds
            ? TimeSpan.FromSeconds((Total - EnvSteps) * (Seconds - from.Seconds) / (EnvSteps - from.EnvSteps))
            : null;

    /// <summary>What a line of <c>reverie train --json</c> says beside.</summary>
    public RunProgress With(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var (root, kind) = (document.RootElement, document.RootElement.GetProperty("kind").GetString() ?? "");
            var now = this with { EnvSteps = root.GetProperty("env_steps").GetInt64() };
            if (root.TryGetProperty("seconds", out var seconds))
                now = now with { Seconds = seconds.GetDouble(), From = From ?? (now.EnvSteps, seconds.GetDouble()) };
            return Rank(kind) >= Math.Max(1, Rank(ReturnOf))
                && Number(root, "return") is var score && double.IsFinite(score)
                ? now with { Return = score, ReturnOf = kind, Std = Number(root, "return_std") } : now;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException)
        {
            return this;     // a line of somebody's environment, which may write there as well
        }
    }

    private static int Rank(string kind) =>
        kind switch { MetricRecord.Test => 3, "evaluation" => 2, "episode" or "generation" => 1, _ => 0 };

    private static double Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : double.NaN;
}
