using System.Text.Json;
using System.Text.Json.Nodes;
using Reverie.Training;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What a run directory says of its beginning: <c>run.json</c> and <c>config.yaml</c>.</summary>
/// <param name="Machine">What <c>run.json</c> holds; null where it is missing or damaged.</param>
/// <param name="Config">The settings; without entries where the file is missing.</param>
internal sealed record RunFacts(JsonObject? Machine, RunConfig Config)
{
    /// <summary>Names of the files.</summary>
    public const string MachineFile = "run.json", ConfigFile = RunDirectory.ConfigFile;

    /// <summary>Reads both; what cannot be read is left out.</summary>
    public static RunFacts Read(string run) => new(
        Attempt(() => JsonNode.Parse(File.ReadAllBytes(Path.Combine(run, MachineFile))) as JsonObject),
        Attempt(() => RunConfig.Parse(File.ReadLines(Path.Combine(run, ConfigFile)))) ?? RunConfig.Parse([]));

    /// <summary>A word of <c>run.json</c>, or null.</summary>
    public string? Word(string name) => Machine?[name]?.ToString();

    private static T? Attempt<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
