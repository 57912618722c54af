using System.Collections.Concurrent;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Mujoco;
using Reverie.Environments.ControlSuite;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Environments;

public sealed class ParallelEnvironmentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void EachBelongsToOneThreadFromItsMakingToItsDisposal(int threads)
    {
        var calls = new ConcurrentQueue<(int Environment, string Call, int Thread)>();
        using (var pool = WatchedEnvironment.Pool(4, threads, (n, call) =>
            calls.Enqueue((n, call, Environment.CurrentManagedThreadId))))
        {
            pool.Reset([1, 2, 3, 4]);
            for (var i = 0; i < 5; i++)
                pool.Step([0, 0, 0, 0]);
            Assert.True(pool.TryRestart(3, 5));
            Assert.Equal(threads, pool.Threads);
        }
        var lives = calls.ToLookup(call => call.Environment);
        Assert.Equal(["make", "reset", "step", "step", "step", "step", "step", "dispose"],
            lives[0].Select(call => call.Call));
        Assert.Equal(["dispose", "make", "reset", "dispose"], lives[3].Select(call => call.Call).Skip(7));
        Assert.All(lives, life => Assert.Single(life.Select(call => call.Thread).Distinct()));
        Assert.Equal(threads, calls.Select(call => call.Thread).Distinct().Count());
        Assert.Equal(Environment.CurrentManagedThreadId, lives[0].First().Thread);
    }

    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(3, 8, 3)]
    [InlineData(3, 2, 2)]
    [InlineData(1, 0, 1)]
    public void ThreadsAreNoMoreThanEnvironments(int count, int threads, int expected)
    {
        using var pool = WatchedEnvironment.Pool(count, threads);
        Assert.Equal(expected, pool.Threads);
    }

    [Fact]
    public void OneThreadAnEnvironmentUpToTheProcessorsIfNothingIsSaid()
    {
        using var pool = WatchedEnvironment.Pool(64, 0);
        Assert.Equal(Math.Min(64, Environment.ProcessorCount), pool.Threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EachGoesOnByItself(int threads)
    {
        var fails = true;
        using var pool = new ParallelEnvironments(3, threads, n => new CountingEnvironment(n == 0 ? 2 : 5));
        using var watched = WatchedEnvironment.Pool(2, threads, (n, call) =>
        {
            if (fails && n == 1 && call == "step") throw new InvalidOperationException("no step");
        });
        float[] actions = [1, 1, 2, 2, 3, 3];
        int?[] none = [null, null, null];
        Assert.True(pool.TryGoOn([7, 7, 7], actions));
        for (var round = 1; round <= 3; round++)
        {
            Assert.True(pool.TryGoOn(round == 2 ? [null, null, 8] : none, actions));
            // The first waits where it is over; the third has begun again in round 2.
            float[] expected = [Math.Min(round, 2), round, round == 1 ? 1 : round - 2];
            Assert.Equal(expected, pool.Rows.ToArray().Select(row => row.Vector[0]));
        }
        Assert.True(pool.Rows[0].IsLast);
        Assert.True(watched.TryGoOn([1, 1], [0, 0]));
        Assert.False(watched.TryGoOn([null, null], [0, 0]));
        Assert.False(watched.TryGoOn([null, null], [0, 0]));        // it stands still
        fails = false;
        Assert.True(watched.TryGoOn([null, 2], [0, 0]));
        Assert.True(watched.Rows[1].IsFirst);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.TryGoOn([1], actions));
    }

    [Fact]
    public void AResetOfFewerLeavesTheOthersOut()
    {
        var calls = new ConcurrentBag<(int Environment, string Call)>();
        using var pool = WatchedEnvironment.Pool(3, 2, (n, call) => calls.Add((n, call)));
        Assert.Throws<InvalidOperationException>(() => pool.Step([0, 0, 0]));
        pool.Reset([1, 2]);
        pool.Step([0, 0]);
        Assert.Equal((2, 2), (pool.Rows.Length, pool.Faults.Length));
        Assert.DoesNotContain(calls, call => call.Environment == 2 && call.Call != "make");
        pool.Reset([1, 2, 3]);
        pool.Step([0, 0, 0]);
        Assert.Equal(3, pool.Rows.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Reset([1, 2, 3, 4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Reset([]));
    }

    [Fact]
    public void OneWhoseEpisodeIsOverWaits()
    {
        using var pool = new ParallelEnvironments(3, 2, n => new CountingEnvironment(length: 3 + n, actionSize: 1));
        pool.Reset([1, 1, 1]);
        for (var i = 0; i < 6; i++)
            pool.Step([i, i + 10, i + 20]);
        Assert.All(pool.Rows.ToArray(), row => Assert.True(row.IsLast));
        Assert.Equal([3, 4, 5], pool.Rows.ToArray().Select(row => row.Vector[0]));
        Assert.Equal([2, 13, 24], pool.Rows.ToArray().Select(row => row.Vector[1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AFaultStaysWithItsEnvironmentUntilItIsMadeAnew(int threads)
    {
        var (made, steps) = (new int[3], new int[3]);
        using var pool = WatchedEnvironment.Pool(3, threads, (n, call) =>
        {
            if (call == "make") made[n]++;
            if (call == "step" && ++steps[n] == 2 && n == 1) throw new InvalidOperationException("broken");
        });
        pool.Reset([1, 2, 3]);
        Assert.True(pool.TryStep([1, 1, 1]));
        Assert.False(pool.TryStep([1, 1, 1]));
        Assert.Equal("broken", Assert.IsType<InvalidOperationException>(pool.Faults[1]).Message);
        Assert.Null(pool.Faults[0]);
        Assert.Null(pool.Faults[2]);
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => pool.Step([1, 1, 1])).Message);
        Assert.Equal([3, 2, 3], steps);

        Assert.True(pool.TryRestart(1, 9));
        Assert.True(pool.Rows[1].IsFirst);
        Assert.True(pool.TryStep([1, 1, 1]));
        Assert.Equal([1, 2, 1], made);
        Assert.Equal([4, 3, 4], steps);
    }

    [Fact]
    public void AResetMakesThoseWithAFaultAnew()
    {
        var made = new int[2];
        var broken = true;
        using var pool = WatchedEnvironment.Pool(2, 2, (n, call) =>
        {
            if (call == "make") made[n]++;
            if (n == 1 && broken && (call == "step" || (call == "make" && made[n] > 1)))
                throw new InvalidOperationException(call);
        });
        pool.Reset([1, 2]);
        Assert.False(pool.TryStep([1, 1]));
        Assert.False(pool.TryRestart(1, 3));
        Assert.Equal("make", pool.Faults[1]!.Message);
        broken = false;
        pool.Reset([1, 2]);
        Assert.True(pool.TryStep([1, 1]));
        Assert.Equal([1, 3], made);
    }

    [Fact]
    public void OneThatCannotBeMadeTakesTheOthersWithIt()
    {
        var disposed = new ConcurrentBag<int>();
        var error = Assert.ThrowsAny<ReverieException>(() => WatchedEnvironment.Pool(4, 2, (n, call) =>
        {
            if (call == "dispose") disposed.Add(n);
            if (n == 2) throw new ReverieException("cannot be made");
        }));
        Assert.Equal("cannot be made", error.Message);
        Assert.Equal([0, 1, 3], disposed.Order());
    }

    [Fact]
    public void WhatDisposingThrowsKeepsNoOtherFromBeingDisposed()
    {
        var disposed = new ConcurrentBag<int>();
        var pool = WatchedEnvironment.Pool(3, 2, (n, call) =>
        {
            if (call != "dispose") return;
            disposed.Add(n);
            throw new InvalidOperationException("not again");
        });
        pool.Dispose();
        pool.Dispose();
        Assert.Equal([0, 1, 2], disposed.Order());
        Assert.Throws<ObjectDisposedException>(() => pool.Reset([1, 2, 3]));
    }

    [Fact]
    public void PicturesDoNotDependOnTheThreads()
    {
        ControlSuiteTasks.Register();
        var one = Pictures(count: 4, threads: 1);
        Assert.Equal(4, one.Select(Convert.ToHexString).Distinct().Count());
        foreach (var threads in (int[])[2, 4])
            for (var round = 0; round < 2; round++)
                Assert.Equal(one, Pictures(count: 4, threads));
    }

    // What each of them shows after a few decisions.
    private static byte[][] Pictures(int count, int threads)
    {
        var config = new EnvironmentConfig { Count = count, Threads = threads }
            .With(new MujocoSettings { Quality = "fast" });
        using var pool = ParallelEnvironments.Make("reacher_easy", config, seed: 1);
        pool.Reset([.. Enumerable.Range(7, count)]);
        var random = new RandomSource(1);
        for (var i = 0; i < 8; i++)
            pool.Step([.. Enumerable.Range(0, 2 * count).Select(_ => (float)random.NextDouble(-1, 1))]);
        return [.. pool.Rows.ToArray().Select(row => row.Image)];
    }
}
