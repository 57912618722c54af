using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;

namespace Reverie.Runs;

/// <summary>What a run has begun with that another one had learned.</summary>
/// <param name="From">The directory of that run.</param>
/// <param name="Updates">Updates that it had made.</param>
/// <param name="Kept">Parts that were taken over.</param>
/// <param name="New">Parts that began anew.</param>
/// <param name="Frozen">Those of the kept ones that stay as they are.</param>
internal sealed record Transfer(
    string From, long Updates, IReadOnlyList<string> Kept, IReadOnlyList<string> New, IReadOnlyList<string> Frozen)
{
    private const string FromKey = "transfer.from";

    /// <summary>Takes over what a configuration asks for. Nothing is changed on the disk.</summary>
    /// <param name="agent">With new parameters; takes those of the parts that are kept.</param>
    /// <param name="config">Its configuration, with another run in <c>transfer.from</c>.</param>
    /// <param name="logger">Told what is kept, and where settings of the model differ.</param>
    /// <exception cref="ReverieException">There is no such run, its checkpoint is damaged, it is of another algorithm, a part
    /// is not there or has other sizes.</exception>
    public static Transfer Into(IAgent agent, Config config, ILogger logger)
    {
        var run = config.Transfer.OtherRun ?? throw new InvalidOperationException("the configuration names no other run");
        var other = ConfigOf(run);
        if (other.Agent != config.Agent)
            throw new ConfigurationException($"{FromKey}: {run} is of agent = {other.Agent}, this run of {config.Agent}; "
                + "parts of one algorithm are none of another's");
        var parts = AgentParts.Of(agent);
        if (parts.Count == 0)
            throw new ConfigurationException($"{FromKey}: agent = {config.Agent} has learned nothing that could be taken over");
        var kept = Named(config.Transfer.Keep == TransferConfig.All ? parts : config.Transfer.Kept, "transfer.keep", parts);
        if (kept.Length == 0)
            throw new ConfigurationException($"transfer.keep: names no part; there are {string.Join(", ", parts)}");
        var frozen = Named(config.Transfer.Frozen, "transfer.freeze", parts);
        if (frozen.Except(kept).FirstOrDefault() is { } unknowing)
            throw new ConfigurationException($"transfer.freeze: {unknowing} is not in transfer.keep: it begins anew and has to "
                + "learn");
        DemandFrozen(agent, frozen, config.Agent);
        var found = Checkpoint.LoadModules(Path.Combine(run, RunDirectory.CheckpointFolder), FromKey, agent.Modules,
            (module, parameter) => kept.Contains(AgentParts.Of(module, parameter)));
        var transfer = new Transfer(run, found.Counters.Updates, kept, [.. parts.Except(kept)], frozen);
        if (Differences(other, config) is { Length: > 0 } differ)
            logger.Warn($"{run} was made with {string.Join(", ", differ)}: what is kept has learned under that");
        logger.Say($"{transfer}");
        return transfer;
    }

    /// <summary>In a line.</summary>
    public override string ToString() => $"{string.Join(", ", Kept)} as {From} had them after {Updates} updates"
        + (Frozen.Count == 0 ? "" : $", of which {string.Join(", ", Frozen)} stay{(Frozen.Count == 1 ? "s" : "")} so")
        + (New.Count == 0 ? "" : $"; {string.Join(", ", New)} begin{(New.Count == 1 ? "s" : "")} anew");

    private static Config ConfigOf(string run)
    {
        var path = Path.Combine(run, RunDirectory.ConfigFile);
        return File.Exists(path) ? ConfigReader.ReadResolved(path)
            : throw new DataException(Directory.Exists(run)
                ? $"{FromKey}: {run} is no run: it has no {RunDirectory.ConfigFile}"
                : $"{FromKey}: there is no run {run}");
    }

    private static string[] Named(IReadOnlyList<string> names, string key, IReadOnlyList<string> parts)
    {
        if (names.FirstOrDefault(name => !parts.Contains(name)) is not { } unknown) return [.. parts.Where(names.Contains)];
        throw new ConfigurationException($"{key}: there is no part '{unknown}'"
            + (NearestName.Of(unknown, parts) is { } near ? $"; did you mean {near}?" : $"; there are {string.Join(", ", parts)}"));
    }

    // Some parts are moved by no gradient, and agents of others may have optimizers that know of no frozen parts.
    private static void DemandFrozen(IAgent agent, IReadOnlyList<string> frozen, string kind)
    {
        foreach (var (module, parameters) in agent.Modules)
            foreach (var (name, value) in parameters.NamedParameters())
                if (AgentParts.Of(module, name) is var part && frozen.Contains(part)
                    && (module == "return_scale" || agent.Optimizers.Values.Any(optimizer => optimizer.Moves(value))))
                    throw new ConfigurationException($"transfer.freeze: agent = {kind} cannot leave {part} as it is");
    }

    // Of what all parts depend on; settings of heads are told by their sizes, or are those of parts that may be new.
    private static string[] Differences(Config other, Config config) => [.. ConfigDifference.Between(other, config)
        .Where(one => one.Key.StartsWith("model.", StringComparison.Ordinal) && !one.Key.StartsWith("model.reward", StringComparison.Ordinal)
            && !one.Key.StartsWith("model.continue", StringComparison.Ordinal))
        .Select(one => $"{one.Key} = {one.Left} (here {one.Right})")];
}
