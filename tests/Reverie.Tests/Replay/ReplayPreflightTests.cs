using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Replay;

public sealed class ReplayPreflightTests
{
    private static readonly EpisodeLayout Pixels = EpisodeLayout.From(new ImageSpace(), BoxSpace.Uniform(1, -1, 1));

    private static ReplayPreflight Check(string directory, double memoryGb = 4, long recorded = 0,
        long free = 1L << 40, int decisions = 125) =>
        ReplayPreflight.Check(new Config { Replay = new ReplayConfig { MemoryGb = memoryGb } }, Pixels, 8, decisions,
            directory, new(recorded / 125, recorded), _ => free);

    [Fact]
    public void ThePublishedRunNeedsWhatItNeeds()
    {
        using var directory = new TemporaryDirectory();
        var need = Check(directory["episodes"]);
        Assert.Equal((1000, 125_000), (need.Episodes, need.Decisions));
        Assert.Equal(1000L * (126 * (64 * 64 * 3 + 4 + 4 + 3) + Episode.BytesBesideRows), need.Bytes);
        Assert.Equal(need.Bytes, need.MemoryBytes);
        Assert.False(need.Spills);
        Assert.Contains("1.55 GB of memory", Assert.Single(need.Lines));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void VectorsAloneNeedAThousandthAndDoNotCompress()
    {
        using var directory = new TemporaryDirectory();
        var need = ReplayPreflight.Check(
            new Config(), new EpisodeLayout(null, 5, 1), 8, 125, directory.Path, default, _ => 1L << 40);
        Assert.Equal(1000L * (126 * (4 * 5 + 4 + 4 + 3) + Episode.BytesBesideRows), need.Bytes);
        Assert.Equal(1000L * (126 * (4 * 5 + 4 + 4 + 3) + 4096), need.DiskBytesExpected);
        var pictures = 1000L * 126 * 64 * 64 * 3;
        Assert.InRange(Check(directory.Path).DiskBytesExpected, pictures / 2, pictures / 2 + 6_000_000);
    }

    [Fact]
    public void SpillingIsSaidBeforeTheRun()
    {
        using var directory = new TemporaryDirectory();
        var need = Check(directory.Path, memoryGb: 1);
        Assert.True(need.Spills);
        Assert.Equal(1_000_000_000, need.MemoryBytes);
        Assert.Contains(need.Lines, line => line.Contains("read from disk"));
    }

    [Fact]
    public void TooLittleDiskIsRefusedAndWhatIsThereAlreadyCounts()
    {
        using var directory = new TemporaryDirectory();
        var error = Assert.ThrowsAny<ReverieException>(() => Check(directory.Path, free: 100_000_000));
        Assert.Contains("0.1 GB are free", error.Message);
        Assert.Equal(0, Check(directory.Path, free: 100_000_000, recorded: 125_000).DiskBytes);
    }

    [Fact]
    public void ADirectoryThatCannotBeWrittenIsRefused()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["file"], "");
        var inside = Path.Combine(directory["file"], "episodes");
        Assert.Contains(inside, Assert.ThrowsAny<ReverieException>(() => Check(inside)).Message);
    }

    [Fact]
    public void EpisodesThatEndNobodyKnowsWhenAreReckonedByDecisions()
    {
        using var directory = new TemporaryDirectory();
        var need = Check(directory.Path, decisions: 0);
        Assert.Equal((0, 125_000), (need.Episodes, need.Decisions));
        Assert.StartsWith("replay: 125000 decisions; ", Assert.Single(need.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void EpisodesThatWereSeenSayHowManyThereWillBe()
    {
        using var directory = new TemporaryDirectory();
        var config = new Config { Training = new TrainingConfig { EnvSteps = 10_000, SeedEpisodes = 5 } };
        var layout = new EpisodeLayout(null, 5, 1);
        ReplayPreflight After(EpisodesSeen seen) =>
            ReplayPreflight.Check(config, layout, 1, 0, directory.Path, seen, _ => 1L << 40);
        var (before, one, twenty) = (After(default), After(new(5, 5)), After(new(5, 100)));
        Assert.Equal((10_000, 10_000), (one.Episodes, one.Decisions));
        Assert.Equal((500, 10_000), (twenty.Episodes, twenty.Decisions));
        Assert.True(one.Exceeds(before));
        Assert.False(twenty.Exceeds(twenty));
        Assert.True(one.DiskBytes > 10_000 * 4000);
    }

    [Fact]
    public void TheFreeSpaceOfARealDirectoryIsFound()
    {
        using var directory = new TemporaryDirectory();
        var config = new Config { Training = new TrainingConfig { EnvSteps = 1, SeedEpisodes = 1 } };
        var need = ReplayPreflight.Check(config, new EpisodeLayout(null, 1, 1), 1, 60, directory.Path);
        Assert.True(need.DiskBytesFree > 0);
        Assert.Equal(1, need.Episodes);
    }
}
