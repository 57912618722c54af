using System.CommandLine;
using Reverie.Configuration;
using Reverie.Runs;

namespace Reverie.Cli.Commands;

/// <summary>The options by which a run begins with parts of another one.</summary>
internal sealed class TransferOptions
{
    private const string FreezeKey = "transfer.freeze", KeepKey = "transfer.keep";

    private readonly Option<string> from = new("--from")
    {
        Description = "begin with parts of this run, and with its settings where neither --preset nor --config is given",
        HelpName = "RUN",
    };

    private readonly Option<string> keep = new("--keep")
    {
        Description = "with --from: the parts, of encoder, dynamics, decoder, reward, continue, actor, critic …, or all "
            + "[default: encoder,dynamics,decoder]",
        HelpName = "P,Q",
    };

    private readonly Option<string> freeze = new("--freeze")
    {
        Description = "with --from: those of them that stay as they are",
        HelpName = "P,Q",
    };

    /// <summary>Puts the options on a verb.</summary>
    public void AddTo(Command verb) => verb.AddAll(from, keep, freeze);

    /// <summary>The file of the other run's settings; null where there is no other run.</summary>
    public string? SettingsOf(ParseResult parsed) =>
        parsed.GetValue(from) is { } run ? Path.Combine(run, RunDirectory.ConfigFile) : null;

    /// <summary>What they come to as settings.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="all">whether what was not typed is the default, whatever other sources say</param>
    /// <exception cref="ReverieException">parts are named and no run</exception>
    public IEnumerable<ConfigOverride> Overrides(ParseResult parsed, bool all)
    {
        if (parsed.GetValue(from) is not { } run)
        {
            if (new[] { keep, freeze }.FirstOrDefault(option => parsed.GetValue(option) is not null) is { } alone)
                throw new ReverieException($"{alone.Name}: name the run that the parts are of with {from.Name}");
            yield break;
        }
        var otherwise = new TransferConfig();
        yield return new ConfigOverride("transfer.from", Path.GetFullPath(run), from.Name);
        foreach (var (option, key, unsaid) in new[] { (keep, KeepKey, otherwise.Keep), (freeze, FreezeKey, otherwise.Freeze) })
            if (parsed.GetValue(option) is { } typed) yield return new ConfigOverride(key, typed, option.Name);
            else if (all) yield return new ConfigOverride(key, unsaid, "default");
    }
}
