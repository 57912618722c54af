using FsCheck;
using FsCheck.Fluent;
using Reverie.Configuration;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Replay;

public sealed class ReplayBufferTests
{
    private static readonly ReplayConfig Small = new() { BatchSize = 6, ChunkLength = 5 };

    private static ReplayBuffer Open(string directory, ReplayConfig config, List<string>? lines = null) =>
        new(new EpisodeStore(directory, seed: 0, report: line => lines?.Add(line)), Episodes.Layout(), config,
            new RandomSource(9), line => lines?.Add(line));

    private static ReplayBuffer Filled(string directory, ReplayConfig config, params int[] decisions)
    {
        var replay = Open(directory, config);
        foreach (var count in decisions)
            replay.Add(Episodes.Counting(count));
        return replay;
    }

    [Fact]
    public void TimeSurvivesFromTheEnvironmentToTheChunk()
    {
        using var directory = new TemporaryDirectory();
        Filled(directory.Path, Small, 4, 9, 300);
        var replay = Open(directory.Path, Small);    // from disk, as after a resume
        var batch = replay.CreateBatch();
        for (var draw = 0; draw < 50; draw++)
        {
            replay.Sample(batch);
            for (var b = 0; b < batch.B; b++)
                AssertFollows(batch, b, mayCross: false);
        }
    }

    [Fact]
    public void ChunksStayInsideAnEpisodeWhateverTheLengths()
    {
        Prop.ForAll(Gen.Choose(1, 12).NonEmptyListOf().ToArbitrary(), Gen.Choose(2, 9).ToArbitrary(), (lengths, l) =>
        {
            using var directory = new TemporaryDirectory();
            var config = new ReplayConfig { BatchSize = 8, ChunkLength = l };
            var replay = Filled(directory.Path, config, [.. lengths.Take(5)]);
            if (lengths.Take(5).All(t => t + 1 < l))
            {
                Assert.ThrowsAny<ReverieException>(() => replay.Sample());
                return;
            }
            var batch = replay.Sample();
            for (var b = 0; b < batch.B; b++)
                AssertFollows(batch, b, mayCross: false);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Fact]
    public void ChunksThatMayCrossGoOnWithTheNextEpisode()
    {
        using var directory = new TemporaryDirectory();
        var replay = Filled(directory.Path, Small with { CrossEpisode = true }, 1, 2, 1, 6, 2);
        var resets = 0;
        for (var draw = 0; draw < 20; draw++)
        {
            var batch = replay.Sample();
            for (var b = 0; b < batch.B; b++)
                resets += AssertFollows(batch, b, mayCross: true);
        }
        Assert.True(resets > 0);
    }

    [Fact]
    public void ARunOfChoicesSetsAsideAFileOfOtherActions()
    {
        using var directory = new TemporaryDirectory();
        Filled(directory.Path, Small, 4);
        var lines = new List<string>();
        var replay = new ReplayBuffer(new EpisodeStore(directory.Path, seed: 0, report: lines.Add),
            Episodes.Layout() with { OneHot = true }, Small, new RandomSource(9), lines.Add);
        Assert.ThrowsAny<ReverieException>(() => replay.Sample());
        Assert.Contains(lines, line => line.Contains("set aside") && line.Contains("action 2 one-hot"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2e-6)]
    public void SpilledEpisodesGiveTheSameBatches(double memoryGb)
    {
        using var directory = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        int[] decisions = [20, 10, 30, 5, 25, 15];
        var whole = Filled(directory.Path, Small, decisions);
        var spilled = Filled(other.Path, Small with { MemoryGb = memoryGb }, decisions);
        Assert.Equal(6, whole.EpisodesInMemory);
        for (var draw = 0; draw < 30; draw++)
        {
            var (a, b) = (whole.Sample(), spilled.Sample());
            Assert.Equal(a.Image, b.Image);
            Assert.Equal(a.Action, b.Action);
            Assert.Equal(a.Vector, b.Vector);
            Assert.Equal(a.IsLast, b.IsLast);
            Assert.InRange(spilled.MemoryBytes, 0, (long)(memoryGb * 1e9));
            Assert.InRange(spilled.EpisodesInMemory, 0, memoryGb == 0 ? 0 : 4);
        }
    }

    [Fact]
    public void DrawsGoOnFromASavedState()
    {
        using var directory = new TemporaryDirectory();
        var replay = Filled(directory.Path, Small, 20, 30);
        replay.Sample();
        var state = replay.Random.State;
        var expected = replay.Sample().Vector;
        var resumed = Open(directory.Path, Small);
        resumed.Random.State = state;
        Assert.Equal(expected, resumed.Sample().Vector);
    }

    [Fact]
    public void ACorruptEpisodeIsLeftOutAndTrainingGoesOn()
    {
        using var directory = new TemporaryDirectory();
        Filled(directory.Path, Small, 20, 30);
        var lines = new List<string>();
        var replay = Open(directory.Path, Small, lines);
        var victim = Directory.GetFiles(directory.Path).Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(victim, [1, 2, 3]);
        for (var draw = 0; draw < 10; draw++)
            AssertFollows(replay.Sample(), 0, mayCross: false);
        Assert.Contains(victim, Assert.Single(lines));
        Assert.Equal((1, 30L), (replay.Episodes, replay.Decisions));
        Assert.True(File.Exists(victim + EpisodeStore.CorruptSuffix));
    }

    [Fact]
    public void AnEpisodeOfAnotherLayoutIsSetAside()
    {
        using var directory = new TemporaryDirectory();
        new EpisodeStore(directory.Path).Write(Episodes.Counting(20, actionSize: 1));
        var lines = new List<string>();
        var replay = Open(directory.Path, Small, lines);
        Assert.ThrowsAny<ReverieException>(() => replay.Sample());
        Assert.Contains("action 1", Assert.Single(lines));
        Assert.Throws<ArgumentException>(() => replay.Add(Episodes.Counting(20, actionSize: 1)));
    }

    [Fact]
    public void ShortEpisodesAreSaidAndNotDrawn()
    {
        using var directory = new TemporaryDirectory();
        var lines = new List<string>();
        var replay = Open(directory.Path, Small, lines);
        replay.Add(Episodes.Counting(3));
        replay.Add(Episodes.Counting(4));
        Assert.Contains("4 rows", Assert.Single(lines));
        Assert.Equal((2, 7L), (replay.Episodes, replay.Decisions));
        Assert.True(replay.Sample().IsFirst[0]);
    }

    [Fact]
    public void ABatchOfAnotherSizeIsRefused()
    {
        using var directory = new TemporaryDirectory();
        var replay = Filled(directory.Path, Small, 20);
        Assert.Throws<ArgumentException>(() => replay.Sample(new SequenceBatch(Episodes.Layout(), 4, 6)));
    }

    /// <summary>Follows the time along a chunk and demands that everything on a row belongs to it. Returns how often
    /// an episode begins after the first row.</summary>
    private static int AssertFollows(SequenceBatch batch, int b, bool mayCross)
    {
        var (resets, size, v) = (0, batch.Layout.ImageSize, batch.Layout.VectorSize);
        for (var row = 0; row < batch.L; row++)
        {
            var slot = row * batch.B + b;
            var t = (int)batch.Vector[slot * v];
            if (row > 0)
            {
                var before = (int)batch.Vector[(slot - batch.B) * v];
                var crossed = mayCross && batch.IsLast[slot - batch.B];
                Assert.Equal(crossed ? 0 : before + 1, t);
                resets += crossed ? 1 : 0;
            }
            Assert.Equal(t == 0, batch.IsFirst[slot]);
            Assert.Equal(CountingEnvironment.RewardAt(t), batch.Reward[slot]);
            Assert.Equal(CountingEnvironment.ImageAt(t, size), batch.Image[(slot * size)..((slot + 1) * size)]);
            Assert.Equal(t == 0 ? 0 : t + 0.25f, batch.Action[slot * batch.A + 1]);
            Assert.Equal(batch.Vector[slot * v + 2], batch.Action[slot * batch.A + 1]);
            Assert.False(batch.IsTerminal[slot]);
        }
        return resets;
    }
}
