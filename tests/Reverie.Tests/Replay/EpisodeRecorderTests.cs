using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Replay;

public sealed class EpisodeRecorderTests
{
    private static readonly EpisodeLayout Bare = new(null, 0, 1);
    private static readonly TimeStep ResetRow = new() { Image = [], Vector = [], IsFirst = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RowsAreThoseOfTheContract(bool terminates)
    {
        const int decisions = 300;    // beyond the first capacity of the recorder
        var episode = Episodes.Counting(decisions, terminates);
        Assert.Equal(decisions + 1, episode.Rows);
        Assert.Equal([0, 0], episode.ActionAt(0).ToArray());
        Assert.Equal(0, episode.Reward[0]);
        for (var t = 0; t <= decisions; t++)
        {
            Assert.Equal(CountingEnvironment.ImageAt(t, episode.Layout.ImageSize), episode.ImageAt(t).ToArray());
            Assert.Equal(CountingEnvironment.RewardAt(t), episode.Reward[t]);
            Assert.Equal(t, episode.VectorAt(t)[0]);
            Assert.Equal(episode.VectorAt(t)[1..].ToArray(), episode.ActionAt(t).ToArray());
            Assert.Equal(t == 0, episode.IsFirst[t]);
            Assert.Equal(t == decisions, episode.IsLast[t]);
            Assert.Equal(terminates && t == decisions, episode.IsTerminal[t]);
        }
        Assert.Equal(decisions * (decisions + 1) / 4.0, episode.Return);
        Assert.Equal(episode.Rows * (18 + 4 * (3 + 2 + 1) + 3L) + Episode.BytesBesideRows, episode.Bytes);
    }

    [Fact]
    public void AnActionThatIsReusedByItsOwnerIsCopied()
    {
        var recorder = new EpisodeRecorder(Bare);
        recorder.Begin(ResetRow);
        var action = new float[] { 1 };
        recorder.Add(action, new TimeStep { Image = [], Vector = [] });
        action[0] = 2;
        recorder.Add(action, new TimeStep { Image = [], Vector = [], IsLast = true });
        Assert.Equal([0, 1, 2], recorder.Finish().Action);
    }

    [Fact]
    public void ChoicesMustBeOneHot()
    {
        var recorder = new EpisodeRecorder(new EpisodeLayout(null, 0, 2, OneHot: true));
        recorder.Begin(ResetRow);
        recorder.Add([0, 1], new TimeStep());
        Assert.Contains("at row 2: one of 2 choices is due", Assert.ThrowsAny<ReverieException>(
            () => recorder.Add([0.5f, 0.5f], new TimeStep { IsLast = true })).Message);
        recorder.Add([1, 0], new TimeStep { IsLast = true, IsTerminal = true });
        Assert.Equal([0, 0, 0, 1, 1, 0], recorder.Finish().Action);
    }

    public static TheoryData<string, TimeStep> BrokenRows => new()
    {
        { "calls itself first", new TimeStep { IsFirst = true } },
        { "terminal but not the last", new TimeStep { IsTerminal = true } },
        { "NaN", new TimeStep { Reward = double.NaN } },
        { "reward", new TimeStep { Reward = 1e300 } },
        { "image has 3 bytes", new TimeStep { Image = new byte[3] } },
        { "vector has 1 entries", new TimeStep { Vector = new float[1] } },
    };

    [Theory]
    [MemberData(nameof(BrokenRows))]
    public void ABrokenRowIsOneLine(string word, TimeStep row)
    {
        var recorder = new EpisodeRecorder(Bare);
        recorder.Begin(ResetRow);
        var error = Assert.ThrowsAny<ReverieException>(() => recorder.Add([0], row));
        Assert.StartsWith("environment: at row 1: ", error.Message);
        Assert.Contains(word, error.Message);
    }

    [Fact]
    public void OrderOfCallsIsDemanded()
    {
        var recorder = new EpisodeRecorder(Bare);
        Assert.ThrowsAny<ReverieException>(() => recorder.Add([0], new TimeStep()));
        Assert.ThrowsAny<ReverieException>(() => recorder.Begin(ResetRow with { IsFirst = false }));
        Assert.ThrowsAny<ReverieException>(() => recorder.Begin(ResetRow with { Reward = 1 }));
        Assert.ThrowsAny<ReverieException>(() => recorder.Begin(ResetRow with { IsLast = true }));
        recorder.Begin(ResetRow);
        Assert.Throws<InvalidOperationException>(() => recorder.Finish());
        Assert.ThrowsAny<ReverieException>(() => recorder.Add([0, 0], new TimeStep()));
        Assert.ThrowsAny<ReverieException>(() => recorder.Add([float.NaN], new TimeStep()));
        recorder.Add([0], new TimeStep { IsLast = true });
        Assert.ThrowsAny<ReverieException>(() => recorder.Add([0], new TimeStep { IsLast = true }));
        Assert.Equal(2, recorder.Finish().Rows);
    }
}
