using System.Text;
using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Cli.Sweep;

/// <summary>One block of a sweep: every task with every seed and every choice of values.</summary>
/// <param name="Preset">stack of presets, <c>planet,small</c></param>
/// <param name="Config">YAML file of settings on top of them, or null</param>
/// <param name="Tasks">at least one</param>
/// <param name="Seeds">at least one</param>
/// <param name="Set">keys on top of all, each with its values; the last of one name is the one that counts</param>
internal sealed record SweepPart(string Preset, string? Config, IReadOnlyList<string> Tasks, IReadOnlyList<int> Seeds,
    IReadOnlyList<SweptValue> Set)
{
    // Of a folder's 255 bytes, less the ending of its log's name.
    private const int LongestName = 250;

    private const string EpisodesKey = "training.test_episodes";

    /// <summary>The runs in it, seeds innermost: where the time runs out, a few settings are whole and not all of them
    /// half.</summary>
    /// <param name="folder">where they lie</param>
    /// <exception cref="ReverieException">a preset, a key, a value or a task is not there</exception>
    public IEnumerable<SweepRun> Runs(string folder) =>
        from task in Tasks
        from chosen in Choices()
        from seed in Seeds
        select Run(folder, task, chosen, seed);

    private SweepRun Run(string folder, string task, IReadOnlyList<ConfigOverride> chosen, int seed)
    {
        var all = chosen.Prepend(new ConfigOverride(EpisodesKey, $"{SweepPlan.TestEpisodes}", "sweep"))
            .Append(new ConfigOverride("task", AssemblyTasks.Settled(task), "tasks"))
            .Append(new ConfigOverride("seed", $"{seed}", "seeds")).ToArray();
        var stack = PresetStack.Of(Preset, Config, all);
        var resolved = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack(stack), File = Config, Overrides = all,
        });
        EnvironmentRegistry.DemandLearnable(resolved.Config);
        var varied = chosen.Where(one => Set.Any(swept => swept.Key == one.Key && swept.Values.Count > 1))
            .Select(one => $"{one.Key[(one.Key.LastIndexOf('.') + 1)..]}={one.Value}");
        var name = string.Join('-', [RunName.Of(resolved.Config.Task, stack), .. varied, $"seed{seed}"]);
        name = string.Concat(name.Select(c => char.IsControl(c) || "/\\: '\"*?<>|".Contains(c) ? '-' : c));
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
            throw new ReverieException($"{folder}: a run would have the name {name[..60]}…, which is too long for a folder; "
                + "give fewer values that vary, or sweeps of their own");
        string[] words =
        [
            "train", "--run", Path.Combine(folder, name), "--task", resolved.Config.Task, "--preset", stack,
            .. Config is null ? (string[])[] : ["--config", Config],
            .. all.Where(one => one.Origin is not ("tasks" or "seeds"))
                .SelectMany(one => new[] { "--set", $"{one.Key}={one.Value}" }),
            "--seed", $"{seed}",
        ];
        return new SweepRun(name, Path.Combine(folder, name), resolved, words);
    }

    private IEnumerable<IReadOnlyList<ConfigOverride>> Choices()
    {
        IEnumerable<IReadOnlyList<ConfigOverride>> all = [[]];
        foreach (var swept in Set)
            all = all.SelectMany(chosen => swept.Values.Select(value =>
                (IReadOnlyList<ConfigOverride>)[.. chosen, new ConfigOverride(swept.Key, value, swept.Origin)]));
        return all;
    }
}
