using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Reverie.Tests.Training;

/// <summary>All of a run that must not depend on when it was interrupted: everything but wall-clock time.</summary>
internal static class RunContent
{
    private static readonly string[] WallClock = ["seconds", "update_seconds", "communication_seconds", "decision_seconds", "test_seconds"];

    /// <summary>Name and content of each thing: bytes as a hash, log and counters as text.</summary>
    public static SortedDictionary<string, string> Of(string run)
    {
        var content = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var episodes = Path.Combine(run, "episodes");       // not there where none is kept
        foreach (var path in Directory.Exists(episodes) ? Directory.GetFiles(episodes, "*.npz") : [])
            content[Path.GetFileName(path)] = Hash(path);
        var checkpoint = Newest(run);
        foreach (var path in Directory.GetFiles(checkpoint, "*.safetensors"))
            content[Path.GetFileName(path)] = Hash(path);
        content["checkpoint"] = Path.GetFileName(checkpoint);
        content["state.json"] = State(Path.Combine(checkpoint, "state.json"));
        var line = 0;
        foreach (var text in File.ReadLines(Path.Combine(run, "metrics.jsonl")))
            content[$"metrics.jsonl {++line:D4}"] = WithoutTime(text);
        return content;
    }

    /// <summary>Folder of the newest checkpoint.</summary>
    public static string Newest(string run) =>
        Directory.GetDirectories(Path.Combine(run, "checkpoints"))
            .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)).Order(StringComparer.Ordinal).Last();

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static string WithoutTime(string line)
    {
        var record = JsonNode.Parse(line)!.AsObject();
        foreach (var name in WallClock)
            record.Remove(name);
        return record.ToJsonString();
    }

    // The log's length and checksum depend on the digits of the seconds in it; TensorBoard's files are one a process.
    private static string State(string path)
    {
        var state = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var name in (string[])["log_position", "log_checksum", "mirror_positions", "crc32"])
            state.Remove(name);
        state["counters"]!.AsObject().Remove("seconds");
        return state.ToJsonString();
    }
}
