using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Logging;
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
        var got = ActorParcel.From(sent.ToBytes());
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
        Assert.Contains("is no episode", Assert.Throws<DataException>(() => ActorParcel.From(sent.ToBytes()[..200])).Message);
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
        var (patience, port) = (RankThreads.Patience, RankThreads.FreePort());
        var resolved = TinyRun.Configuration("training.seed_episodes=4", "training.env_steps=450", "training.updates_per_episode=6",
            "training.evaluate_every=0");
        var ends = RankThreads.Each(3, rank =>
        {
            var place = new RankPlace(rank, 3, rank, 3, "127.0.0.1", port);
            if (rank > 0) return ActorWork.Play(resolved.Config, place, patience, new LineLogger(_ => { }), default) ? 0 : -1;
            using var held = new RankStore(place, patience, serves: true);
            using var store = new RankStore(place, patience, serves: false);
            using var run = TrainingRun.Open(folder["run"], resolved);
            run.Actors = new ActorPool(store, 2, refresh: 3);
            Assert.True(run.Train(_ => { }));
            Thread.Sleep(TimeSpan.FromSeconds(1));      // until both have heard that it is over
            return run.Counters.Updates;
        });
        Assert.All(ends, end => Assert.Null(end.Fault));
        // 450 steps are 15 episodes of 30; the first four bring 6 updates, and so does each of the other eleven.
        Assert.Equal([72, 0, 0], ends.Select(end => end.Result));
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
}
