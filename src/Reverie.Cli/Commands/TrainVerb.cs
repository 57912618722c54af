using System.CommandLine;
using Reverie.Agents;
using Reverie.Cli.Display;
using Reverie.Cli.Sweep;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Runs;
using Reverie.Torch.Ranks;
using Reverie.Training;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie train</c>: learns, and goes on where it was left.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly RunOptions options = new();
    private readonly PairingOption pairing = new();

    private readonly Option<string> offline = new("--offline")
    {
        Description = "folder of episodes to learn from, in place of playing; with --task it is evaluated all the same",
        HelpName = "DIR",
    };

    private readonly Option<long> updates = new("--updates")
    {
        Description = "with --offline: updates after which the run ends [default: as many as playing brings]",
        HelpName = "N",
    };

    private readonly Option<bool> restart = new("--restart")
    {
        Description = "begin the run anew in its folder; what was there is kept in the folder before-1 in it",
    };

    private readonly TransferOptions transfer = new();
    private readonly RankOptions ranks = new();
    private readonly Option<string> seeds = SweepOptionSet.Seeds();
    private readonly SweepOptionSet several = new();

    public TrainVerb() : base("train",
        "Train an agent. The same command resumes a run that was stopped or killed; Ctrl-C saves and leaves.")
    {
        options.AddTo(this);
        transfer.AddTo(this);
        ranks.AddTo(this);
        this.AddAll(offline, updates, restart, pairing, seeds);
        several.AddTo(this);
    }

    public override string[] Examples =>
    [
        "reverie train --task cartpole_swingup",
        "reverie train --task cartpole_swingup --seed 2 --env-steps 200000 --run runs/second",
        "reverie train --task cartpole_balance --preset planet,paper --set model.dynamics=ssm --device cuda",
        "reverie train --preset planet,tiny,debug --run runs/look",
        "reverie train --run runs/look --env-steps 1600",
        "reverie train --run runs/look --restart",
        "reverie train --task cartpole_swingup --seeds 1-3 --jobs 2",
        "reverie train --task walker_walk --from runs/stand --freeze encoder --run runs/walk",
        "reverie train --task cartpole_swingup --ranks 2",
        "reverie train --task cartpole_swingup --actors 2",
        "reverie train --offline episodes --updates 20000 --run runs/offline",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        if (parsed.GetValue(seeds) is { } list)
            return Sweep(list, parsed, report, stop);
        if (several.Typed(parsed) is { } option)
            throw new ReverieException($"{option}: goes together with --seeds, for several runs");
        if (ranks.ActorsOf(parsed) is var (actors, refresh, patience))
            return WithActors(actors, refresh, patience, parsed, report, stop);
        return ranks.Of(parsed) is var (count, silence) ? InRanks(count, silence, parsed, report, stop)
            : Train(parsed, report, stop, null);
    }

    private int InRanks(int count, TimeSpan silence, ParseResult parsed, Report report, CancellationToken stop)
    {
        RankGroup.Quiet();
        RankWork.DemandGroups("--ranks");
        // What is wrong with the command is one line, before any process is started.
        var (_, resolved, _) = Resolve(parsed, Offline(parsed));
        var place = RankOptions.PlaceAmong(count);
        _ = AgentRanks.ShareOf(resolved.Config, place ?? new(0, count, 0, count, "127.0.0.1", RankPlace.UsualPort));
        return place is null ? RankSupervisor.Run([.. parsed.Tokens.Select(token => token.Value)], count, report, stop)
            : RankWork.Do(place, silence, resolved, parsed.GetValue(restart), report, group => Train(parsed, report, stop, group));
    }

    private int WithActors(int count, int refresh, TimeSpan silence, ParseResult parsed, Report report, CancellationToken stop)
    {
        RankGroup.Quiet();
        foreach (var option in new Option[] { offline, updates })
            if (parsed.GetResult(option) is { Implicit: false })
                throw new ReverieException($"{option.Name}: what is recorded nobody has to play; leave --actors out");
        RankWork.DemandGroups("--actors");
        var (_, resolved, _) = options.Resolve(parsed, null, transfer);
        if (ActorWork.Refusal(resolved.Config) is { } refusal) throw new ReverieException($"--actors: {refusal}");
        return RankOptions.PlaceWithActors(count) is not { } place
            ? RankSupervisor.Run([.. parsed.Tokens.Select(token => token.Value)], count + 1, report, stop)
            : RankWork.Do(place, silence, resolved, parsed.GetValue(restart), report, _ => place.Rank == 0 ? Learn() : Play(),
                $"--actors {count}");

        int Learn()
        {
            using var store = new RankStore(place, silence, serves: false);
            report.Say($"{Words.Several(count, "actor")} will play, with new parameters every {Words.Several(refresh, "update")} and as "
                + "the clock has it: a second run is another one");
            return Train(parsed, report, stop, null, new ActorPool(store, count, refresh));
        }

        int Play() => ActorWork.Play(resolved.Config, place, silence, new RankWork.Warnings(place.Rank, report.Error), stop)
            ? 0 : CommandLine.Stopped;
    }

    private int Train(ParseResult parsed, Report report, CancellationToken stop, RankGroup? group, ActorPool? actors = null)
    {
        var source = Offline(parsed);
        var (run, resolved, stack) = Resolve(parsed, source);
        var config = resolved.Config;
        using var work = TrainingRun.Open(run, resolved, source, parsed.GetValue(restart), group);
        work.Actors = actors;
        if (group is { Rank: > 0 and var rank })      // the first one shows
            return work.Train(new RankWork.Warnings(rank, report.Error), cancel: stop) ? 0 : CommandLine.Stopped;
        var title = EnvironmentRegistry.Find(config.Task).Title;
        report.Say($"{title} in {run}: {(stack.Length > 0 ? stack : "as it was started")}, seed {config.Seed}, "
            + $"{work.Compute.Device}, {Words.Type(work.Compute.Precision)}");
        var display = DisplayFor(report, $"{title} → {run}", new TrainingProgress(() => work.Goals));
        var done = work.Train(
            display.Note, [display], () => display.Recall(MetricsReader.Read(run).Records), stop);
        return Conclude(report, run, work.Counters, done, Looks(run, config, work.Agent), actors is not null ? $" --actors {actors.Count}"
            : group is null ? "" : $" --ranks {group.Count}");
    }

    private (string Run, ResolvedConfig Resolved, string Stack) Resolve(ParseResult parsed, OfflineSource? source) =>
        options.Resolve(parsed,
            source is not null && options.Task(parsed) is null ? OfflineTasks.Prefix + source.Directory : null, transfer);

    private int Sweep(string list, ParseResult parsed, Report report, CancellationToken stop)
    {
        foreach (var option in new Option[] { offline, updates, restart })
            if (parsed.GetResult(option) is { Implicit: false })
                throw new ReverieException($"{option.Name}: is for one run; leave --seeds out");
        if (ranks.ActorsOf(parsed) is not null)
            throw new ReverieException("--actors: is for one run; leave --seeds out");
        var plan = options.Plan(parsed, Seeds.Parse(list, seeds.Name), transfer);
        return SweepWork.Do(plan, null, several.Of(parsed, ranks), report, stop);
    }

    private OfflineSource? Offline(ParseResult parsed)
    {
        if (parsed.GetValue(updates) < 0 || parsed.GetResult(updates) is not null && parsed.GetValue(offline) is null)
            throw new ReverieException("--updates: a whole number of at least 1, together with --offline");
        if (File.Exists(parsed.GetValue(offline)))
            throw new ReverieException(
                $"--offline {parsed.GetValue(offline)}: is a file; name the folder that the episodes lie in");
        return parsed.GetValue(offline) is { } folder
            ? new OfflineSource(Path.GetFullPath(folder), pairing.Of(parsed), parsed.GetValue(updates))
            : null;
    }

    private static TrainingDisplay DisplayFor(Report report, string title, TrainingProgress progress) =>
        report.Json ? new JsonDisplay(report.Out, report.Error, progress)
            : report.Live ? new LiveDisplay(report.Screen(), title, progress)
            : new PlainDisplay(report.Out, report.Error, progress);

    // What a data set's run has to show is its dreams of recorded episodes; there is nothing to play in.
    private static string Looks(string folder, Config config, IAgent agent)
    {
        var run = OneWord.Of(folder);
        return OfflineTasks.Owns(config.Task) ? $"`reverie dream {run} --episode 0`"
            : $"`reverie eval {run}`, " + (agent is IDreamingAgent ? $"`reverie dream {run}{OfOne(config)}`, " : "")
                + $"`reverie plot {run} --out curve.png`";
    }

    private static string OfOne(Config config) =>
        config.Tasks.Count > 1 ? $" --task {AssemblyTasks.ShortName(config.Tasks[0])}" : "";

    private static int Conclude(Report report, string run, Counters now, bool done, string looks, string ranks)
    {
        report.Row(
            new { Kind = "end", Done = done, Run = run, now.EnvSteps, now.Updates, now.Episodes },
            done
                ? $"done: {Words.Count(now.EnvSteps)} env steps; look at it with {looks}"
                : $"saved at {Words.Count(now.EnvSteps)} env steps; `reverie train --run {OneWord.Of(run)}{ranks}` goes on");
        return done ? 0 : CommandLine.Stopped;
    }
}
