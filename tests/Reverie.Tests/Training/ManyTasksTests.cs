using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Logging;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>One agent that learns several tasks: what is padded, what a batch is made of, what is logged, and that it goes on
/// bit for bit.</summary>
public sealed class ManyTasksTests : IDisposable
{
    private const string Tasks = "test_low,test_high,test_mid";

    private static readonly string[] Three =
        ["task=" + Tasks, "model.encoder=vector", "environment.time_limit=0", "training.env_steps=150"];

    private readonly TemporaryDirectory folder = new();

    public ManyTasksTests()
    {
        PushEnvironment.Register("test_low", 1, 2, 0.1);
        PushEnvironment.Register("test_high", 3, 4, 10, repeat: 2, steps: 20);
        PushEnvironment.Register("test_mid", 2, 3, 1);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ActionsAndVectorsAreThoseOfTheLargest()
    {
        var config = new EnvironmentConfig { Count = 2, Threads = 1 };
        using var all = ParallelEnvironments.Make(Tasks, config, 1, ObservationKind.Vector);
        Assert.Equal(["test_low", "test_high", "test_mid"], all.Tasks);
        Assert.Equal(6, all.Count);
        Assert.Equal(BoxSpace.Uniform(3, -1, 1), all.ActionSpace);
        Assert.Equal(4, Assert.IsType<BoxSpace>(all.ObservationSpace).Size);
        all.Reset([1, 2, 3, 4, 5, 6]);
        var before = all.Rows.ToArray();
        // Each environment takes its own first entries; it would throw at more.
        all.Step([.. Enumerable.Repeat(0, 6).SelectMany(_ => new[] { 0.5f, -0.5f, 0.25f })]);
        for (var n = 0; n < 6; n++)
        {
            var (actions, repeat) = (n % 3 == 0 ? 1 : n % 3 == 1 ? 3 : 2, n % 3 == 1 ? 2 : 1);
            var row = all.Rows[n].Vector;
            Assert.Equal(4, row.Length);
            for (var i = 0; i < actions; i++)
            {
                var pushed = before[n].Vector[i];
                for (var step = 0; step < repeat; step++)
                    pushed = Math.Clamp(pushed + 0.5f * new[] { 0.5f, -0.5f, 0.25f }[i], -2, 2);
                Assert.Equal(pushed, row[i]);
            }
            Assert.Equal(1, row[actions]);                                      // what the task itself shows after them
            Assert.All(row.Skip(actions + 1), entry => Assert.Equal(0, entry));    // padding
            Assert.Equal(repeat, all.Rows[n].EnvSteps);
        }
        Assert.Equal(EnvironmentRegistry.ActionSpaceOf(Tasks, config), all.ActionSpace);
        Assert.Equal(EnvironmentRegistry.ObservationSpaceOf(Tasks, config, ObservationKind.Vector), all.ObservationSpace);
    }

    [Fact]
    public void ABatchHasAsManyChunksOfEachTaskHoweverMuchThereIsOfIt()
    {
        var layout = new EpisodeLayout(null, 1, 1);
        var config = new ReplayConfig { BatchSize = 8, ChunkLength = 3 };
        using var replay = new ReplayBuffer(new EpisodeStore(folder["episodes"]), layout, config, new RandomSource(1),
            null, device: null, tasks: 3);
        // The first task has twenty times as many rows.
        for (var i = 0; i < 20; i++) replay.Add(Played(layout, 0, rows: 30));
        Assert.False(replay.CanSample);
        replay.Add(Played(layout, 1, rows: 30));
        replay.Add(Played(layout, 2, rows: 4));
        Assert.True(replay.CanSample);
        var sums = new int[3];
        for (var n = 0; n < 600; n++)
        {
            var batch = replay.Sample();
            var counts = new int[3];
            for (var b = 0; b < 8; b++)
            {
                var tasks = Enumerable.Range(1, 2).Select(t => (int)batch.Reward[t * 8 + b]).Distinct();     // row 0 may be a reset
                counts[Assert.Single(tasks) - 1]++;
            }
            Assert.Equal(8, counts.Sum());
            Assert.InRange(counts.Max() - counts.Min(), 1, 1);      // 3, 3 and 2 of 8
            for (var t = 0; t < 3; t++) sums[t] += counts[t];
        }
        Assert.All(sums, sum => Assert.InRange(sum, 1600 - 60, 1600 + 60));
        // The names of the files say whose they are, and another process draws alike.
        var store = new EpisodeStore(folder["episodes"]);
        Assert.Equal([20, 1, 1], store.Files.GroupBy(file => file.Task).Select(group => group.Count()));
        Assert.Equal(["-t1.npz", "-t2.npz"], store.Files.Skip(20).Select(file => file.Name[^7..]));
        using var again = new ReplayBuffer(store, layout, config, new RandomSource(replay.Random.State), null, device: null, tasks: 3);
        Assert.Equal(replay.Sample().Reward, again.Sample().Reward);
    }

    [Fact]
    public void OfOneTaskNothingIsDrawnForItsShare()
    {
        var (random, untouched) = (new RandomSource(3), new RandomSource(3));
        var shares = new TaskShares(1, random);
        Assert.Equal([0, 0, 0], Enumerable.Range(0, 3).Select(_ => shares.Next()));
        Assert.Equal(untouched.State, random.State);
        var three = new TaskShares(3, random);
        three.Take(1);
        three.Take(1);
        // Two of the second are there already: the next four are two of each of the others.
        Assert.Equal([0, 0, 2, 2], Enumerable.Range(0, 4).Select(_ => three.Next()).Order());
    }

    [Theory]
    [InlineData("000001-9f3c01ab-125-t2.npz", 2)]
    [InlineData("000001-9f3c01ab-125.npz", 0)]
    [InlineData("000001-9f3c01ab-125-t0.npz", null)]
    [InlineData("000001-9f3c01ab-125-t02.npz", null)]
    [InlineData("000001-9f3c01ab-125-2.npz", null)]
    [InlineData("000001-9f3c01ab-125-t1-t2.npz", null)]
    public void TheNameOfAnEpisodesFileSaysItsTask(string name, int? task)
    {
        Assert.Equal(task, EpisodeFile.TryParse(name)?.Task);
        if (task is not null) Assert.Equal(name, EpisodeFile.TryParse(name)!.Name);
    }

    [Theory]
    [InlineData("planet")]
    [InlineData("dreamer")]
    [InlineData("dreamerv2")]
    [InlineData("dreamerv3")]
    public void EveryTaskIsPlayedLoggedAndDreamtAndTheRunGoesOnBitForBit(string agent)
    {
        string[] set = [.. Three, .. Settings(agent), "training.test_episodes=2", "training.evaluation_episodes=2"];
        TinyRun.Complete(folder["whole"], set);
        TinyRun.Complete(folder["parts"], [.. set, "training.env_steps=60", "training.test_episodes=0"]);
        TinyRun.Complete(folder["parts"], set);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));

        var records = MetricsReader.Read(folder["whole"]).Records;
        string[] names = Tasks.Split(',');
        var episodes = records.Where(record => record.Kind == "episode").ToArray();
        Assert.All(episodes, one =>
        {
            var own = Assert.Single(one.Values.Keys, key => key.EndsWith("/return"));
            Assert.Equal(one.Values["return"], one.Values[own]);
            Assert.Equal(one.Values["length"], one.Values[own.Replace("return", "length")]);
            // Rewards are of another size in each task.
            var most = own.StartsWith("test_low") ? 1 : own.StartsWith("test_mid") ? 10 : 200;
            Assert.InRange(one.Values["return"], most / 1000.0, most);
        });
        var counts = names.Select(name => episodes.Count(one => one.Values.ContainsKey($"{name}/return"))).ToArray();
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        var store = new EpisodeStore(folder["whole/episodes"], 1);
        Assert.Equal(counts, Enumerable.Range(0, 3).Select(task => store.Files.Count(file => file.Task == task)));
        foreach (var kind in (string[])["evaluation", "test"])
            Assert.All(records.Where(record => record.Kind == kind), one =>
            {
                Assert.Equal(names.Average(name => one.Values[$"{name}/return"]), one.Values["return"], 9);
                Assert.All(names, name => Assert.InRange(one.Values[$"{name}/return"],
                    one.Values[$"{name}/return_min"], one.Values[$"{name}/return_max"]));
                Assert.True(one.Values["test_high/return"] > one.Values["test_mid/return"]
                    && one.Values["test_mid/return"] > one.Values["test_low/return"]);
            });
        Assert.Contains(records, record => record.Kind == "evaluation");
        Assert.Equal(6, records.Last(record => record.Kind == "test").Values["episodes_played"]);
        Assert.All(names, name => Assert.NotEmpty(Directory.GetFiles(folder["whole/videos"], $"dream-*-{name}.png")));
        if (agent != "dreamerv3")
            // C updates for each episode after the first S of each task.
            Assert.Equal(5 + 5 * (episodes.Length - 6), records[^1].Updates);
    }

    [Theory]
    [InlineData("test_low,catch", "task: test_low takes actions of Box[1], catch of Discrete[3]: one agent cannot learn both; train "
        + "them apart", "model.encoder=pixels")]
    [InlineData("test_low,test_bar", "task: test_low shows Box[2], test_bar Image[64, 64, 3]: one agent cannot learn both; train them "
        + "apart", "model.encoder=vector")]
    [InlineData("test_low,test_nothing", "there is no task 'test_nothing'", "model.encoder=vector")]
    [InlineData("test_low,test_low", "--set: task: test_low stands twice", "model.encoder=vector")]
    [InlineData("test_low,test_mid", "--set: task: agent = random learns one task; several with one model learn planet, dreamer, "
        + "dreamerv2, dreamerv3", "agent=random")]
    public void WhatCannotBeJoinedIsOneLineThatNamesBoth(string tasks, string line, string set)
    {
        BarEnvironment.Register();
        GameTasks.Register();
        var fault = Assert.ThrowsAny<ReverieException>(() =>
        {
            var config = TinyRun.Configuration("model.encoder=vector", "task=" + tasks, set).Config;
            EnvironmentRegistry.ActionSpaceOf(config.Task, config.Environment);
            EnvironmentRegistry.ObservationSpaceOf(config.Task, config.Environment);
        });
        Assert.StartsWith(line, fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void MasksAndOtherPicturesCannotBeJoined()
    {
        var masked = new DiscreteSpace(3) { IsMasked = true };
        var mask = Assert.Throws<ConfigurationException>(() => JointTask.Actions(["a", "b"], [new DiscreteSpace(3), masked]));
        Assert.Equal("task: b says in every row which actions may be chosen, a has masks of its own or none: one agent cannot learn "
            + "both; train them apart", mask.Message);
        Assert.Equal(new DiscreteSpace(3), JointTask.Actions(["a", "b"], [new DiscreteSpace(3), new DiscreteSpace(3)]));
        var choices = Assert.Throws<ConfigurationException>(() =>
            JointTask.Actions(["a", "b"], [new DiscreteSpace(3), new DiscreteSpace(4)]));
        Assert.StartsWith("task: a takes actions of Discrete[3], b of Discrete[4]: ", choices.Message);
        var pictures = Assert.Throws<ConfigurationException>(() =>
            JointTask.Observations(["a", "b"], [new ImageSpace(), new ImageSpace(32, 32)]));
        Assert.StartsWith("task: a shows Image[64, 64, 3], b Image[32, 32, 3]: ", pictures.Message);
    }

    private static string[] Settings(string agent) => agent switch
    {
        "planet" => [],
        "dreamer" =>
        [
            "agent=dreamer", "actor.units=16", "critic.units=16", "imagination.horizon=3", "model.continue=true",
            "model.continue_units=16",
        ],
        "dreamerv2" =>
        [
            .. Settings("dreamer"), "agent=dreamerv2", "model.dynamics=discrete_rssm", "model.classes=4", "model.gru=norm",
            "actor.distribution=trunc_normal",
        ],
        _ =>
        [
            .. Settings("dreamer"), "agent=dreamerv3", "model.dynamics=discrete_rssm", "model.classes=4",
            "actor.distribution=trunc_normal", "training.train_ratio=10", "replay.prioritize_ends=false",
        ],
    };

    private static Episode Played(EpisodeLayout layout, int task, int rows)
    {
        var recorder = new EpisodeRecorder(layout);
        var row = new TimeStep { Image = [], Vector = [0], Reward = task + 1 };
        recorder.Begin(row with { IsFirst = true, Reward = 0 });
        for (var i = 1; i < rows; i++) recorder.Add([0], row with { IsLast = i == rows - 1 });
        var episode = recorder.Finish();
        episode.Task = task;
        return episode;
    }
}
