using System.Collections.Concurrent;
using Reverie.Environments;

namespace Reverie.Tests.Environments;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 5)]
    [InlineData(4, 4)]
    [InlineData(4, 2)]
    public void EveryItemIsDoneOnceARoundAndAlwaysByTheSameThread(int size, int items)
    {
        using var team = new ThreadTeam(size, "test");
        var threads = new ConcurrentDictionary<(int Item, int Thread), int>();
        for (var round = 0; round < 200; round++)
            team.Run(items, item =>
                threads.AddOrUpdate((item, Environment.CurrentManagedThreadId), 1, (_, count) => count + 1));
        Assert.Equal(Enumerable.Range(0, items), threads.Keys.Select(key => key.Item).Order());
        Assert.All(threads.Values, count => Assert.Equal(200, count));
        Assert.Equal(Math.Min(size, items), threads.Keys.Select(key => key.Thread).Distinct().Count());
        Assert.Contains((0, Environment.CurrentManagedThreadId), threads.Keys);
    }

    [Fact]
    public void AnExceptionComesBackAndTheOtherThreadsFinish()
    {
        using var team = new ThreadTeam(3, "test");
        var done = new ConcurrentBag<int>();
        var error = Assert.Throws<InvalidOperationException>(() => team.Run(6, item =>
        {
            if (item is 1 or 2) throw new InvalidOperationException($"item {item}");
            done.Add(item);
        }));
        Assert.Equal("item 1", error.Message);
        Assert.Equal([0, 3], done.Order());
        team.Run(6, done.Add);
        Assert.Equal([0, 0, 1, 2, 3, 3, 4, 5], done.Order());
    }
}
