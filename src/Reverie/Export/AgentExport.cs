using System.Globalization;
using System.Reflection;
using Reverie.Agents;
using Reverie.Environments;
using Reverie.Export.Onnx;
using Reverie.Torch.IO;

namespace Reverie.Export;

/// <summary>Writes an agent as ONNX files: the decision, and where asked for or needed, beside it, the dream
/// (<c>.dream.onnx</c>) and the worth of plans (<c>.plan.onnx</c>).</summary>
internal static class AgentExport
{
    /// <summary>Version of what is written into the metadata; a program refuses later ones.</summary>
    public const int Version = 1;

    /// <summary>How names of files end.</summary>
    public const string Extension = ".onnx";

    /// <summary>Writes the files: all, or none.</summary>
    /// <param name="agent">Parameters in float32, on the processor.</param>
    /// <param name="facts">What is known of it.</param>
    /// <param name="path">The file of the decision; the others lie beside it.</param>
    /// <param name="options">What is to be in them.</param>
    /// <returns>The files that were written.</returns>
    /// <exception cref="ReverieException">The agent has no step that can be exported, a file is there already, the disk
    /// refuses.</exception>
    public static IReadOnlyList<string> Write(IAgent agent, AgentFacts facts, string path, ExportOptions options)
    {
        if (agent is not (IActingStep or IReflexStep))
            throw new ConfigurationException($"an agent of kind {facts.Config.Agent} has learned nothing that could be exported");
        if (options.HasDream && agent is not IDreamingStep)
            throw new ConfigurationException($"an agent of kind {facts.Config.Agent} has no model to dream in; leave the dream out");
        if (!path.EndsWith(Extension, StringComparison.Ordinal))
            throw new DataException($"{path}: the name must end in {Extension}");
        var planner = agent as PlaNet;
        var (dream, plan) = (Beside(path, "dream"), Beside(path, "plan"));
        foreach (var name in new[] { path, dream, plan }) DemandFree(name, options.Replaces);
        var files = new List<(string Path, byte[] Bytes)>();
        using (var graph = agent is IReflexStep reflex ? ActingGraphs.Act(reflex, options)
            : ActingGraphs.Act((IActingStep)agent, options))
            files.Add((path, Bytes("act", graph, facts, [.. Companions(options, planner)])));
        KeyValuePair<string, string> belongs = new("belongs_to", Checksum(files[0].Bytes));
        if (options.HasDream)
            using (var graph = ActingGraphs.Dream((IDreamingStep)agent, options))
                files.Add((dream, Bytes("dream", graph, facts, [belongs])));
        if (planner is not null)
            using (var graph = ActingGraphs.Plan(planner, facts.Config.Planner.Horizon))
                files.Add((plan, Bytes("plan", graph, facts, [belongs, .. Planner(facts)])));
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            AtomicFile.WriteTogether(files);
            // What an earlier agent had beside it would be taken for this one's.
            foreach (var stale in new[] { dream, plan }.Except(files.Select(file => file.Path))) File.Delete(stale);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be written: {error.Message}", error);
        }
        return [.. files.Select(file => file.Path)];
    }

    /// <summary>The version of this program, with its commit.</summary>
    public static string Producer => typeof(AgentExport).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Complains of a target that is there already.</summary>
    /// <exception cref="DataException">So it is.</exception>
    public static void DemandFree(string path, bool replaces)
    {
        if (Directory.Exists(path)) throw new DataException($"{path} is a folder; name another one");
        if (File.Exists(path) && !replaces)
            throw new DataException($"{path} is there already; name another one, or have it replaced (--force)");
    }

    private static string Beside(string path, string what) => $"{path[..^Extension.Length]}.{what}{Extension}";

    private static byte[] Bytes(
        string kind, SymbolicGraph traced, AgentFacts facts, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var graph = GraphWriter.Write(kind, traced, out var random);
        var layout = facts.Layout;
        var entries = new List<KeyValuePair<string, string>>
        {
            new("reverie", $"{Version}"),
            new("kind", kind),
            new("task", AssemblyTasks.ShortName(facts.Config.Task)),      // not where its library lay
            new("algorithm", AssemblyTasks.ShortName(facts.Config.Agent)),
            new("commit", Producer),
            new("env_steps", Text(facts.EnvSteps)),
            new("picture", layout.Image is { } image ? $"{image.Height},{image.Width},{image.Channels}" : ""),
            new("vector", Text(layout.VectorSize)),
            new("action", Text(layout.ActionSize)),
            new("groups", string.Join(',', layout.Groups.Sizes.Select(each => Text(each)))),
            new("masked", layout.Groups.IsMasked ? "1" : "0"),
            new("action_names", string.Join(',', facts.ActionNames.Select(name => name.Replace(',', ';')))),
            new("action_low", string.Join(',', facts.ActionLow.Select(each => Text(each)))),
            new("action_high", string.Join(',', facts.ActionHigh.Select(each => Text(each)))),
            new("random", string.Join(';', random.Select(one => $"{one.Value.Name}:{one.Distribution}"))),
        };
        return OnnxFile.Bytes(graph, Producer, entries.Concat(more));
    }

    private static IEnumerable<KeyValuePair<string, string>> Companions(ExportOptions options, PlaNet? planner)
    {
        yield return new("beside", string.Join(',',
            new[] { options.HasDream ? "dream" : "", planner is null ? "" : "plan" }.Where(name => name.Length > 0)));
    }

    private static KeyValuePair<string, string>[] Planner(AgentFacts facts)
    {
        var config = facts.Config.Planner;
        var (iterations, elites) = config.Kind == "shooting" ? (1, 1) : (config.Iterations, config.Elites);
        return
        [
            new("horizon", Text(config.Horizon)), new("iterations", Text(iterations)),
            new("candidates", Text(config.Candidates)), new("elites", Text(elites)),
        ];
    }

    // The last entry's value, which ends the file.
    private static string Checksum(byte[] file) => System.Text.Encoding.ASCII.GetString(file[^64..]);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
