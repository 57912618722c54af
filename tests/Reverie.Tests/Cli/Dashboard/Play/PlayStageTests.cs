using Reverie.Cli.Dashboard.Play;

namespace Reverie.Tests.Cli.Dashboard.Play;

public sealed class PlayStageTests
{
    [Fact]
    public async Task DreamsThatFollowEachOtherShareAThread()
    {
        using var stage = new PlayStage(2);
        var threads = new HashSet<int>();
        for (var i = 0; i < 20; i++)
            threads.Add(await stage.TryStart(() => Environment.CurrentManagedThreadId)!);
        Assert.Single(threads);
    }

    [Fact]
    public async Task OneTooManyIsNoneAndAFaultFreesItsPlace()
    {
        using var stage = new PlayStage(1);
        using var go = new ManualResetEventSlim();
        var first = stage.TryStart<int>(() =>
        {
            go.Wait();
            throw new ReverieException("it broke");
        })!;
        Assert.Null(stage.TryStart(() => 1));
        go.Set();
        Assert.Equal("it broke", (await Assert.ThrowsAnyAsync<ReverieException>(() => first)).Message);
        Assert.Equal(1, await stage.TryStart(() => 1)!);
    }
}
