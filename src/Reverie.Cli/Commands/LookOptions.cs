using System.CommandLine;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Runs;

namespace Reverie.Cli.Commands;

/// <summary>The argument and options of verbs that look at a run without changing it.</summary>
internal sealed class LookOptions
{
    private readonly Argument<string> run = OptionBlocks.Run();

    private readonly Option<string> device = new("--device")
    {
        Description = "auto, cpu, cuda or cuda:N [default: as it was trained]",
        HelpName = "D",
    };

    private readonly Option<int> seed = new Option<int>("--seed")
    {
        Description = "seed of episodes and samples; the training never draws from it",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    }.AtLeast(0);

    private readonly Option<string> task = new("--task")
    {
        Description = "of a run that learned several tasks, the one to play",
        HelpName = "TASK",
    };

    /// <summary>Puts them on a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(run);
        verb.AddAll(device, seed, task);
    }

    /// <summary>The task that was typed, as the run has it; null where none was.</summary>
    /// <exception cref="ReverieException">the run has not learned it</exception>
    public string? Task(ParseResult parsed, string path, Config config)
    {
        if (parsed.GetValue(task) is not { } typed) return null;
        string[] names = [.. config.Tasks.Select(AssemblyTasks.ShortName)];
        return config.Tasks.FirstOrDefault(one => one == typed || AssemblyTasks.ShortName(one) == typed)
            ?? throw new ReverieException($"--task {typed}: {path} has not learned it{NearestName.Hint(typed, names)}");
    }

    /// <summary>The directory, its configuration on the device that is wished, and the seed.</summary>
    /// <exception cref="ReverieException">the directory is no run</exception>
    public (string Run, Config Config, ulong Seed) Resolve(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(run);
        var config = RunFolder.ConfigOf(path);
        RunSpaces.DemandSame(path, config);
        if (RunDirectory.ChangedEnvironment(path, config.Task) is { } changed)
            parsed.InvocationConfiguration.Error.WriteLine($"{path}: {changed}");
        if (parsed.GetValue(device) is { } wish)
            config = config with { Compute = config.Compute with { Device = wish } };
        return (path, config with { Compute = Compute.Here(config.Compute) }, (ulong)parsed.GetValue(seed));
    }
}
