using System.CommandLine;
using Reverie.Configuration;
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

    /// <summary>Puts them on a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(run);
        verb.AddAll(device, seed);
    }

    /// <summary>The directory, its configuration on the device that is wished, and the seed.</summary>
    /// <exception cref="ReverieException">the directory is no run</exception>
    public (string Run, Config Config, ulong Seed) Resolve(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(run);
        var config = RunFolder.ConfigOf(path);
        if (RunDirectory.ChangedEnvironment(path, config.Task) is { } changed)
            parsed.InvocationConfiguration.Error.WriteLine($"{path}: {changed}");
        if (parsed.GetValue(device) is { } wish)
            config = config with { Compute = config.Compute with { Device = wish } };
        return (path, config, (ulong)parsed.GetValue(seed));
    }
}
