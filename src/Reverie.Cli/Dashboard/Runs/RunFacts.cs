using System.Text.Json;
using Reverie.Runs;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What a run directory says of its beginning: <c>run.json</c> and <c>config.yaml</c>.</summary>
/// <param name="Machine">What <c>run.json</c> holds; null where it is missing or damaged.</param>
/// <param name="Config">The settings; without entries where the file is missing.</param>
/// <param name="Damage">What is wrong with the files, in a line; null where nothing is.</param>
internal sealed record RunFacts(JsonElement? Machine, RunConfig Config, string? Damage)
{
    /// <summary>Names of the files.</summary>
    public const string MachineFile = RunDirectory.FactsFile, ConfigFile = RunDirectory.ConfigFile;

    private const long MostBytes = 1 << 20;
    private const string PresetsKey = "presets", ActionNamesKey = "action_names";

    // Those that the list shows; a number is as good as a word.
    private static readonly string[] Words = ["task", "title", "agent", "seed", "host"];

    /// <summary>Reads both; what cannot be read is left out, and said.</summary>
    public static RunFacts Read(RunsFolder folder, string run)
    {
        var machine = Readable<object>.Of(folder, Path.Combine(run, MachineFile), MostBytes, ReadMachine);
        var config = Readable<RunConfig>.Of(folder, Path.Combine(run, ConfigFile), MostBytes,
            bytes => RunConfig.Parse(StrictJson.Text(bytes)));
        var said = config.Damage
            ?? (config.Value?.Fault is { } fault ? $"{ConfigFile}: {fault}" : null);
        return new((JsonElement?)machine.Value, config.Value ?? RunConfig.None, machine.Damage ?? said);
    }

    /// <summary>A word of <c>run.json</c>, or null.</summary>
    public string? Word(string name) =>
        Machine is { } machine && machine.TryGetProperty(name, out var word) ? word.ToString() : null;

    /// <summary>Presets that the run was begun with; null where <c>run.json</c> does not say.</summary>
    public IReadOnlyList<string>? Presets => Machine is { } machine && machine.TryGetProperty(PresetsKey, out var names)
        && names.ValueKind == JsonValueKind.Array ? [.. names.EnumerateArray().Select(name => name.ToString())] : null;

    /// <summary>What the entries of its actions do; empty where <c>run.json</c> does not say.</summary>
    public IReadOnlyList<string> ActionNames => Machine is { } machine && machine.TryGetProperty(ActionNamesKey, out var names)
        ? [.. names.EnumerateArray().Select(name => name.ToString())] : [];

    private static object ReadMachine(byte[] bytes)
    {
        var machine = StrictJson.Read(bytes);
        foreach (var name in Words)
            if (machine.TryGetProperty(name, out var word) && !IsWord(word))
                throw new InvalidDataException($"'{name}' is no word");
        if (machine.TryGetProperty(PresetsKey, out var names) && names.ValueKind != JsonValueKind.Null
            && (names.ValueKind != JsonValueKind.Array || !names.EnumerateArray().All(IsWord)))
            throw new InvalidDataException($"'{PresetsKey}' is no list of names");
        if (machine.TryGetProperty(ActionNamesKey, out var actions)
            && (actions.ValueKind != JsonValueKind.Array || !actions.EnumerateArray().All(IsWord)))
            throw new InvalidDataException($"'{ActionNamesKey}' is no list of names");
        return machine;
    }

    private static bool IsWord(JsonElement value) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null;
}
