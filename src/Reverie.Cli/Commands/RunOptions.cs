using System.CommandLine;
using Reverie.Cli.Records;
using Reverie.Cli.Sweep;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Runs;
using Reverie.Torch;

namespace Reverie.Cli.Commands;

/// <summary>The options that say which run is meant, and what they come to.</summary>
internal sealed class RunOptions
{
    private readonly Option<string> task = new("--task")
    {
        Description = "what to learn; `reverie tasks` lists them; dream:RUN is the dream of a run's model, "
            + "FILE.dll:TYPE an environment in a class library, gym:ID one of Gymnasium in Python",
        HelpName = "TASK",
    };

    private readonly SettingsOptions settings = new();

    private readonly Option<string> run = new("--run")
    {
        Description = "folder of the run; one that exists is resumed [default: runs/TASK-PRESETS-seedN]",
        HelpName = "DIR",
    };

    private readonly Option<string> envSteps = new("--env-steps")
    {
        Description = "environment steps after which the run ends",
        HelpName = "N",
    };

    private readonly Option<string> device = new("--device")
    {
        Description = "auto, cpu, cuda or cuda:N",
        HelpName = "D",
    };

    private readonly Option<string> seed = new("--seed") { Description = "seed of everything random", HelpName = "N" };

    /// <summary>Puts the options on a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(task);
        settings.AddTo(verb);
        verb.AddAll(run, envSteps, device, seed);
    }

    /// <summary>The task that was typed, or null.</summary>
    public string? Task(ParseResult parsed) => parsed.GetValue(task);

    /// <summary>What the options come to.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="instead">a task to put in the place of the one that was typed</param>
    /// <param name="transfer">says which other run's parts it begins with, and its settings where none are named</param>
    /// <returns>the folder of the run, the configuration, and the stack of presets it has</returns>
    /// <exception cref="ReverieException">something in them is wrong, or the folder holds another run</exception>
    public (string Run, ResolvedConfig Config, string Presets) Resolve(
        ParseResult parsed, string? instead = null, TransferOptions? transfer = null)
    {
        var other = settings.AreNamed(parsed) ? null : transfer?.SettingsOf(parsed);
        ConfigOverride[] overrides =
            [.. Overrides(parsed, instead), .. transfer?.Overrides(parsed, all: other is not null) ?? []];
        if (parsed.GetValue(run) is { } named && SweepFolder.IsIn(named))
            throw new ReverieException($"{named}: is the folder of a sweep; `reverie sweep {OneWord.Of(named)}` goes on with it, and each of "
                + "the folders in it is a run");
        var existing = parsed.GetValue(run) is { } folder ? Path.Combine(folder, RunDirectory.ConfigFile) : null;
        var goesOn = existing is not null && File.Exists(existing) && !settings.AreNamed(parsed);
        var (resolved, stack) = goesOn
            ? (ConfigReader.Resolve(new ConfigSources { File = existing, Overrides = overrides }), "")
            : other is not null ? (SettingsOf(other, overrides), $"from-{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(other)))}")
            : settings.Resolve(parsed, overrides);
        EnvironmentRegistry.DemandLearnable(resolved.Config);
        _ = Device.Parse(resolved.Config.Compute.Device);
        var name = $"{RunName.Of(resolved.Config.Task, stack)}-seed{resolved.Config.Seed}";
        return (parsed.GetValue(run) ?? Path.Combine("runs", name), resolved, stack);
    }

    private static ResolvedConfig SettingsOf(string file, IReadOnlyList<ConfigOverride> overrides)
    {
        _ = RunFolder.ConfigOf(Path.GetDirectoryName(file)!);       // which tells what is wrong with a folder that is none
        return ConfigReader.Resolve(new ConfigSources { File = file, Overrides = overrides });
    }

    /// <summary>What the options come to for several seeds: a sweep of one setting.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="seeds">the seeds</param>
    /// <param name="transfer">says which other run's parts each begins with</param>
    /// <exception cref="ReverieException">something in them is wrong</exception>
    public SweepPlan Plan(ParseResult parsed, IReadOnlyList<int> seeds, TransferOptions transfer)
    {
        if (transfer.SettingsOf(parsed) is not null && !settings.AreNamed(parsed))
            throw new ReverieException("--seeds: with --from name the presets of that run, too, by --preset");
        if (parsed.GetValue(seed) is not null)
            throw new ReverieException("--seed and --seeds: give one of the two");
        ConfigOverride[] overrides = [.. Overrides(parsed, null), .. transfer.Overrides(parsed, all: false)];
        var stack = settings.Stack(parsed, overrides);
        var file = settings.File(parsed) is { } path ? Path.GetFullPath(path) : null;
        var learned = ConfigReader.Resolve(new ConfigSources { Presets = Presets.Stack(stack), File = file, Overrides = overrides })
            .Config.Task;
        return new SweepPlan(parsed.GetValue(run) ?? Path.Combine("runs", RunName.Of(learned, stack)),
            [new SweepPart(stack, file, [learned], seeds, [.. overrides.Where(one => one.Key != "task")
                .GroupBy(one => one.Key).Select(same => SweptValue.Of(same.Key, [same.Last().Value], same.Last().Origin))])]);
    }

    private IEnumerable<ConfigOverride> Overrides(ParseResult parsed, string? instead)
    {
        foreach (var one in settings.Overrides(parsed))
            yield return one;
        foreach (var (option, key) in new[]
        {
            (task, "task"), (envSteps, "training.env_steps"), (device, "compute.device"), (seed, "seed"),
        })
            if (((option == task ? instead : null) ?? parsed.GetValue(option)) is { } value)
                yield return new ConfigOverride(
                    key, option == task ? AssemblyTasks.Settled(value) : value, option.Name);
    }
}
