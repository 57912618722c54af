using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Torch.Ranks;

namespace Reverie.Training;

/// <summary>An actor: plays with the learner's newest parameters what its tickets ask for, until it is over. It writes nothing to
/// the run's folder, which need not be on its machine.</summary>
internal static class ActorWork
{
    // How often one that learns in steps, whose play goes on with what was just learned, looks for new parameters.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10), PollEnd = TimeSpan.FromMilliseconds(200);

    /// <summary>Why a configuration cannot be played for by actors, or null.</summary>
    public static string? Refusal(Config config) => CanPlay(AgentRegistry.Find(config.Agent)) ? null
        : $"agent = {config.Agent} learns from what its newest parameters have played, or in phases; actors play for those that have "
            + $"a replay: {string.Join(", ", AgentRegistry.All.Where(CanPlay).Select(kind => kind.Name))}";

    /// <summary>Plays.</summary>
    /// <param name="config">The run's.</param>
    /// <param name="place">Which rank this is; not 0, which learns.</param>
    /// <param name="patience">How long the learner may take to answer.</param>
    /// <param name="logger">Told of crashes of environments.</param>
    /// <param name="stop">Asks to leave; what is under way is dropped.</param>
    /// <returns>False where it was asked to leave before it was over.</returns>
    /// <exception cref="ReverieException">The learner is gone, or an environment crashes again and again.</exception>
    public static bool Play(Config config, RankPlace place, TimeSpan patience, ILogger logger, CancellationToken stop)
    {
        // The ladder of deviations goes over the environments of all actors.
        config = config with { Exploration = AgentRanks.Noise(config, place with { Rank = place.Rank - 1, Count = place.Count - 1 }) };
        using var parts = new RunParts(config, config.Environment.Count);
        using var random = new RandomAgent(parts.Layout, config.Exploration.Random);
        using var store = new RankStore(place, patience, serves: false);
        using var end = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, end.Token);
        using var watching = new EndWatch(place, patience, end);
        var (collector, version, last) = (parts.Collector(logger), -1L, 0);
        var (learner, memory, looked) = (parts.Agent as IStepAgent, parts.Agent as IActingMemory, new Stopwatch());
        try
        {
            for (; ; either.Token.WaitHandle.WaitOne(Poll))
            {
                either.Token.ThrowIfCancellationRequested();
                if (store.FindBytes(ActorTicket.TicketOf(place.Rank)) is not { } bytes) continue;
                var ticket = ActorTicket.From(bytes);
                if (ticket.Number == last) continue;
                last = ticket.Number;
                if (!ticket.IsRandom) Refresh();
                var (acts, versions) = (0L, 0L);
                if (learner is not null)
                    collector.Latents = state =>
                    {
                        var latents = ticket.IsRandom || memory is null ? new(learner.LatentRows, state.Count) : memory.Read(state);
                        (acts, versions) = (acts + 1, versions + version);
                        if (!ticket.IsRandom && looked.Elapsed > Look) Refresh();
                        return latents;
                    };
                var watch = Stopwatch.StartNew();
                var played = collector.Collect(ticket.IsRandom ? random : parts.Agent, ActMode.Collect, ticket.Seed, either.Token,
                    envSteps: ticket.EnvSteps);
                var parcel = new ActorParcel(played, ticket.IsRandom ? -1 : acts > 0 ? versions / acts : version,
                    watch.Elapsed.TotalSeconds / played.Sum(one => one.Episode.Decisions));
                store.Set(ActorTicket.PlayedBy(place.Rank), parcel.ToBytes());
                store.Set(ActorTicket.DoneBy(place.Rank), Text(ticket.Number));
            }
        }
        catch (OperationCanceledException)
        {
            return end.IsCancellationRequested;
        }

        void Refresh()
        {
            if (store.Find(ActorTicket.Version) != Text(version))
                version = ActorParameters.Load(store.FindBytes(ActorTicket.Parameters)!, parts.Agent);
            looked.Restart();
        }
    }

    private static bool CanPlay(AgentKind kind) => kind.Loop is TrainingLoop.Episodes or TrainingLoop.Steps;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Hears on a connection of its own that it is over, since an episode may be long.</summary>
    private sealed class EndWatch : IDisposable
    {
        private readonly RankStore store;
        private readonly ManualResetEventSlim left = new();
        private readonly Thread thread;

        public EndWatch(RankPlace place, TimeSpan patience, CancellationTokenSource end)
        {
            store = new RankStore(place, patience, serves: false);
            thread = new Thread(() => Look(end)) { Name = "end of actors", IsBackground = true };
            thread.Start();
        }

        public void Dispose()
        {
            left.Set();
            thread.Join();
            store.Dispose();
            left.Dispose();
        }

        private void Look(CancellationTokenSource end)
        {
            try
            {
                while (!left.Wait(PollEnd))
                    if (store.Find(ActorTicket.Over) is not null)
                    {
                        end.Cancel();
                        return;
                    }
            }
            catch (ReverieException)
            {
                // That the learner is gone, the one who looks after the ranks says.
            }
        }
    }
}
