using System.Text.Json.Nodes;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Ranks;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>Actors that play for a learner, each in a thread with connections of its own, as processes have them.</summary>
public sealed class ActorTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public ActorTests() => BarEnvironment.Register();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EpisodesTravelWhole()
    {
        var sent = new ActorParcel([new(Episodes.Counting(7, terminates: true), 21, 2), new(Episodes.Counting(3), 9, 0)], 40, 0.25);
        sent.Episodes[1].Episode.Task = 1;
        sent = sent with { Episodes = [sent.Episodes[0] with { Latents = [3, 1, 4] }, sent.Episodes[1]] };
        var got = ActorParcel.From(sent.ToBytes(), sent.Episodes[0].Episode.Layout);
        Assert.Equal((40, 0.25), (got.Version, got.Seconds));
        Assert.Equal([(7, 0, 21L, 2), (3, 1, 9L, 0)],
            got.Episodes.Select(one => (one.Episode.Decisions, one.Episode.Task, one.EnvSteps, one.Restarts)));
        foreach (var (before, after) in sent.Episodes.Zip(got.Episodes, (one, two) => (one.Episode, two.Episode)))
        {
            Assert.Equal(before.Image, after.Image);
            Assert.Equal(before.Action, after.Action);
            Assert.Equal(before.Reward, after.Reward);
            Assert.Equal(before.IsTerminal, after.IsTerminal);
        }
        Assert.Equal([[3, 1, 4], []], got.Episodes.Select(one => one.Latents));
        Assert.Contains("is no episode", Assert.Throws<DataException>(() => ActorParcel.From(sent.ToBytes()[..200], got.Episodes[0].Episode.Layout)).Message);
    }

    [Fact]
    public void ParametersTravelToTheLastBit()
    {
        using var scope = new TensorScope();
        using var learner = SmallPlaNet.Agent(SmallPlaNet.Config with { Seed = 1 });
        using var actor = SmallPlaNet.Agent(SmallPlaNet.Config with { Seed = 2 });
        Assert.NotEqual(Numbers(learner), Numbers(actor));
        var bytes = ActorParameters.Of(learner, 1234);
        Assert.Equal(1234, ActorParameters.Load(bytes, actor));
        Assert.Equal(Numbers(learner), Numbers(actor));
        Assert.Contains("bytes", Assert.Throws<DataException>(() => ActorParameters.Load([.. bytes, 0], actor)).Message);

        static float[] Numbers(IAgent agent) => [.. agent.Modules.OrderBy(pair => pair.Key)
            .SelectMany(pair => pair.Value.Parameters()).SelectMany(value => value.Detach().Flatten().ToArray<float>())];
    }

    /// <summary>Four episodes at random, then updates while two actors play on, until the run has its steps.</summary>
    [RanksFact]
    public void TheLearnerGetsEpisodesOfOlderParametersAndEndsWithItsSteps()
    {
        // 450 steps are 15 episodes of 30; the first four bring 6 updates, and so does each of the other eleven.
        Assert.Equal(72, WithTwoActors(TinyRun.Configuration("training.seed_episodes=4", "training.env_steps=450",
            "training.updates_per_episode=6", "training.evaluate_every=0")).Updates);
        var lines = MetricsReader.Read(folder["run"]).Records;
        var episodes = lines.Where(line => line.Kind == "episode").ToArray();
        Assert.Equal(15, episodes.Length);
        Assert.All(episodes[..4], line => Assert.False(line.Values.ContainsKey("staleness")));
        Assert.All(episodes[4..], line => Assert.InRange(line.Values["staleness"], 0, 3 + 3 * 6));
        Assert.Contains(episodes[4..], line => line.Values["staleness"] > 0);
        Assert.Equal(450, episodes[^1].EnvSteps);
        Assert.Equal(15, Directory.GetFiles(folder["run/episodes"]).Length);
        Assert.Equal(15, Directory.GetFiles(folder["run/episodes"])
            .Select(path => Convert.ToHexString(File.ReadAllBytes(path))).Distinct().Count());
    }

    /// <summary>Episodes of others in place of rows: as many updates as their rows bring, on the way to the run's steps, and beyond
    /// them without actors and with them again.</summary>
    [RanksTheory]
    [InlineData("dreamerv3", 0)]
    [InlineData("d4pg", 40)]
    public void ALearnerInStepsMakesTheUpdatesThatTheRowsOfItsActorsBring(string agent, int atRandom)
    {
        const int Length = 10, Episodes = 9;
        LineEnvironment.Register(_ => Length, most: Length);
        ResolvedConfig Of(int episodes) => ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack(agent + ",tiny,debug"),
            Overrides =
            [
                .. from each in (string[])
                [
                    "environment.action_repeat=1", "environment.time_limit=10", $"training.env_steps={episodes * Length}",
                    "training.evaluate_every=0", "training.train_ratio=4", $"training.random_decisions={atRandom}",
                    "task=" + LineEnvironment.Task, "model.encoder=vector",
                ]
                   select ConfigOverride.Parse(each),
            ],
        });
        var config = Of(Episodes).Config;
        var (rowsOfUpdate, rows) = (config.Replay.BatchSize * config.Replay.ChunkLength, Episodes * (Length + 1));
        var needed = Math.Max(rowsOfUpdate + config.Replay.ChunkLength, atRandom + (atRandom + Length - 1) / Length);
        var updates = WithTwoActors(Of(Episodes)).Updates;
        Assert.Equal(1 + (rows - needed) * 4 / rowsOfUpdate, updates);
        var played = MetricsReader.Read(folder["run"]).Records.Where(line => line.Kind == "episode").ToArray();
        Assert.Equal((Episodes, Episodes * Length), (played.Length, played[^1].EnvSteps));
        Assert.Equal(atRandom / Length, played.Count(line => !line.Values.ContainsKey("staleness")));
        Assert.Contains(played, line => line.Values.GetValueOrDefault("staleness") > 0);
        var steps = Steps();
        Assert.Equal((Episodes * Length, 0), (steps["acts"]!.GetValue<int>(), UnderWay(steps)));

        using (var alone = TrainingRun.Open(folder["run"], Of(Episodes + 2)))
            Assert.True(alone.Train(_ => { }));
        Assert.True(Steps()["acts"]!.GetValue<int>() >= (Episodes + 2) * Length);
        var more = WithTwoActors(Of(Episodes + 4));
        Assert.Equal((Episodes + 4) * Length, more.EnvSteps);
        Assert.Equal(0, UnderWay(Steps()));
        Assert.True(more.Updates >= updates + 4 * Length * 4 / rowsOfUpdate);

        JsonNode Steps() => JsonNode.Parse(File.ReadAllText(Path.Combine(RunContent.Newest(folder["run"]), "state.json")))!["steps"]!;
        static int UnderWay(JsonNode steps) => steps["replay"]!["streams"]!.AsArray().Sum(one => one!["under_way"]!.GetValue<int>());
    }

    /// <summary>A file of an episode does not say that its actions are choices; the learner knows.</summary>
    [RanksTheory]
    [InlineData("dreamerv2")]
    [InlineData("dreamerv3")]
    public void ChoicesTravelToo(string agent)
    {
        var counters = WithTwoActors(ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack(agent + ",tiny,debug"),
            Overrides = [.. new[] { "task=catch", "training.env_steps=200", "training.evaluate_every=0" }.Select(ConfigOverride.Parse)],
        }));
        Assert.InRange(counters.EnvSteps, 200, 300);
        Assert.InRange(counters.Updates, 1, 1000);
    }

    /// <summary>The environment waits inside an episode until there are new parameters: the rest of it is played with them.</summary>
    [RanksFact]
    public void NewParametersAreTakenInsideAnEpisode()
    {
        const int Length = 10, Newer = 40;
        using var reached = new ManualResetEventSlim();
        using var published = new ManualResetEventSlim();
        LineEnvironment.Register(_ => Length, step =>
        {
            if (step != 5) return 1;
            reached.Set();
            published.Wait(RankThreads.Patience);
            Thread.Sleep(TimeSpan.FromSeconds(0.2));
            return 1;
        }, most: Length);
        var config = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack("dreamerv3,tiny,debug"),
            Overrides = [.. new[] { "task=" + LineEnvironment.Task, "model.encoder=vector", "environment.action_repeat=1" }
                .Select(ConfigOverride.Parse)],
        }).Config;
        var port = RankThreads.FreePort();
        var ends = RankThreads.Each<ActorParcel?>(2, rank =>
        {
            var place = new RankPlace(rank, 2, rank, 2, "127.0.0.1", port);
            if (rank > 0)
            {
                Assert.True(ActorWork.Play(config, place, RankThreads.Patience, new LineLogger(_ => { }), default));
                return null;
            }
            using var held = new RankStore(place, RankThreads.Patience, serves: true);
            using var store = new RankStore(place, RankThreads.Patience, serves: false);
            using var parts = new RunParts(config, 1);
            var pool = new ActorPool(store, 1, refresh: 3);
            ActorParcel? parcel = null;
            pool.Exchange(parts.Agent, 0, parts.Layout, _ => { }, () => new(Seed: 3, IsRandom: false, long.MaxValue));
            Assert.True(reached.Wait(RankThreads.Patience));
            pool.Exchange(parts.Agent, Newer, parts.Layout, one => parcel = one, () => null);
            published.Set();
            while (parcel is null)
            {
                ActorPool.Wait(default);
                pool.Exchange(parts.Agent, Newer, parts.Layout, one => parcel = one, () => null);
            }
            pool.End();
            Thread.Sleep(TimeSpan.FromSeconds(0.5));    // until it has heard
            return parcel;
        });
        Assert.All(ends, end => Assert.Null(end.Fault));
        // Eleven acts, that on the last row among them: after the sixth it looks, and five come after that.
        Assert.Equal(5 * Newer / 11, ends[0].Result!.Version);
    }

    /// <summary>What comes beside each row of an actor's is what the agent believed there, the last row included, however long the
    /// others go on.</summary>
    [Fact]
    public void LatentsOfARowAreThoseThatTheAgentActedIn()
    {
        LineEnvironment.Register(random => 3 + random.NextInt(30), most: 40);
        var config = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack("dreamerv3,tiny,debug"),
            Overrides = [.. new[] { "task=" + LineEnvironment.Task, "model.encoder=vector" }.Select(ConfigOverride.Parse)],
        }).Config;
        using var scope = new TensorScope();
        using var parts = new RunParts(config, 3);
        var (agent, collector) = ((DreamerV3)parts.Agent, parts.Collector(_ => { }));
        collector.Latents = agent.Read;
        var played = collector.Collect(agent, ActMode.Deterministic, 5);
        Assert.Equal(3, played.Select(one => one.Episode.Rows).Distinct().Count());
        using var state = agent.Begin(3, 0);
        var size = agent.LatentRows.BytesPerRow;
        for (var t = 0; t < played.Max(one => one.Episode.Rows); t++)
        {
            agent.Act(Array.ConvertAll(played, one => Row(one.Episode, Math.Min(t, one.Episode.Rows - 1))), state, ActMode.Deterministic);
            var believed = agent.Read(state);
            for (var n = 0; n < 3; n++)
            {
                var packed = new byte[size];
                believed.Pack(n, packed);
                if (t < played[n].Episode.Rows) Assert.Equal(packed, played[n].Latents[(t * size)..((t + 1) * size)]);
            }
        }
        Assert.All(played, one => Assert.Equal(one.Episode.Rows * size, one.Latents.Length));

        static TimeStep Row(Episode of, int row) => new()
        {
            Image = [], Vector = of.Vector[(row * of.Layout.VectorSize)..((row + 1) * of.Layout.VectorSize)], IsFirst = row == 0,
        };
    }

    private Counters WithTwoActors(ResolvedConfig resolved)
    {
        var (patience, port) = (RankThreads.Patience, RankThreads.FreePort());
        var ends = RankThreads.Each(3, rank =>
        {
            var place = new RankPlace(rank, 3, rank, 3, "127.0.0.1", port);
            if (rank > 0) return ActorWork.Play(resolved.Config, place, patience, new LineLogger(_ => { }), default) ? null : new Counters();
            using var held = new RankStore(place, patience, serves: true);
            using var store = new RankStore(place, patience, serves: false);
            using var run = TrainingRun.Open(folder["run"], resolved);
            run.Actors = new ActorPool(store, 2, refresh: 3);
            Assert.True(run.Train(_ => { }));
            Thread.Sleep(TimeSpan.FromSeconds(0.5));      // until both have heard that it is over
            return run.Counters;
        });
        Assert.All(ends, end => Assert.Null(end.Fault));
        Assert.All(ends[1..], end => Assert.Null(end.Result));
        return ends[0].Result!;
    }
}
