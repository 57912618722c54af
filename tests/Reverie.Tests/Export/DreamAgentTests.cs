using Reverie.Runtime;

namespace Reverie.Tests.Export;

/// <summary>The small package by itself: sizes, memories, threads, seeds, allocation.</summary>
public class DreamAgentTests
{
    private const int Picture = 64 * 64 * 3;

    [Fact]
    public void SizesAndMemoriesThatDoNotFitAreRefused()
    {
        using var exported = new ExportedAgent("dreamerv2", "both", choices: false);
        using var player = DreamAgent.Load(exported.Path);
        using var another = DreamAgent.Load(exported.Path);
        using var memory = player.Begin(2);
        Assert.StartsWith("a picture of 12288 bytes; 2 row(s) of 64 × 64 × 3 have 24576",
            Assert.Throws<ArgumentException>(() => player.Act(memory, new byte[Picture], new float[6])).Message);
        Assert.StartsWith("a vector of 5 numbers; 2 row(s) of 3 have 6",
            Assert.Throws<ArgumentException>(() => player.Act(memory, new byte[2 * Picture], new float[5])).Message);
        Assert.StartsWith("the memory is another agent's",
            Assert.Throws<ArgumentException>(() => another.Act(memory, new byte[2 * Picture], new float[6])).Message);
        Assert.StartsWith("an action of 1 numbers; the agent's have 6",
            Assert.Throws<ArgumentException>(() => memory.Did([1])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Restart(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => player.Begin(0));
        Assert.Throws<ArgumentNullException>(() => player.Act(null!, new byte[Picture]));
        Assert.StartsWith("the agent has no dream: export it with --with-dream",
            Assert.Throws<InvalidOperationException>(() => player.Dream(memory)).Message);
        Assert.Equal(6, player.Act(memory, new byte[2 * Picture], new float[6]).Length);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void WhatIsNoNumberIsRefusedAndAnEpisodeBegunAnewKnowsNothing(float value)
    {
        using var exported = new ExportedAgent("dreamer", "vector", choices: false);
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin(2);
        using var fresh = player.Begin(2);
        Assert.StartsWith(FormattableString.Invariant($"entry 4 of the vector is {value}"),
            Assert.Throws<ArgumentException>(() => player.Act(memory, new float[] { 0, 0, 0, 0, value, 0 })).Message);
        Assert.StartsWith("entry 1 of the action is ", Assert.Throws<ArgumentException>(
            () => memory.Did([0, value, 0, 0, 0, 0])).Message);
        // Numbers so large that a state is none afterwards.
        player.Act(memory, new float[] { 3e38f, -3e38f, 3e38f, 1, 2, 3 });
        memory.Action.AsSpan().Fill(float.NaN);
        memory.Restart(0);
        memory.Restart(1);
        var first = player.Act(fresh, new float[6]).ToArray();
        Assert.Equal(first, player.Act(memory, new float[6]));
        memory.Action[0] = float.NaN;
        memory.Restart();
        Assert.Equal(first, player.Act(memory, new float[6]));
    }

    [Fact]
    public void WhatWasDisposedOfSaysSo()
    {
        using var exported = new ExportedAgent("dreamer", "vector", choices: false, new() { HasDream = true });
        var player = DreamAgent.Load(exported.Path);
        var (memory, other) = (player.Begin(), player.Begin());
        player.Act(memory, new float[3]);
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => player.Act(memory, new float[3]));
        Assert.Throws<ObjectDisposedException>(() => player.Dream(memory));
        player.Dispose();
        player.Dispose();
        Assert.Throws<ObjectDisposedException>(() => player.Act(other, new float[3]));
        Assert.Throws<ObjectDisposedException>(() => player.Begin());
        other.Dispose();
        Assert.Equal("act", Assert.Throws<ArgumentNullException>(() => DreamAgent.Load((byte[])null!)).ParamName);
        Assert.Equal("path", Assert.Throws<ArgumentNullException>(() => DreamAgent.Load((string)null!)).ParamName);
    }

    [Fact]
    public void ADreamBeginsWhereTheAgentHasActed()
    {
        using var exported = new ExportedAgent("dreamer", "vector", choices: false, new() { HasDream = true });
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin();
        Assert.Equal("a dream begins where the agent has acted: call Act first",
            Assert.Throws<InvalidOperationException>(() => player.Dream(memory)).Message);
        player.Act(memory, new float[3]);
        Assert.Same(memory.Action, player.Dream(memory).Action);
        memory.Restart();
        Assert.Throws<InvalidOperationException>(() => player.Dream(memory));
    }

    [Theory]
    [InlineData("dreamerv3", "both", true)]
    [InlineData("dreamerv2", "pixels", true)]
    [InlineData("dreamer", "vector", false)]
    [InlineData("planet", "both", false)]
    [InlineData("world_models", "pixels", false)]
    public void NothingIsAllocatedAfterTheFirstDecision(string algorithm, string sees, bool choices)
    {
        using var exported = new ExportedAgent(algorithm, sees, choices, new() { HasNoise = true, HasDream = true });
        using var player = DreamAgent.Load(exported.Path);
        using var memory = player.Begin();
        var (picture, vector) = (new byte[player.Info.PictureSize], new float[player.Info.VectorSize]);
        for (var i = 0; i < 3; i++)
        {
            player.Act(memory, picture, vector);
            player.Dream(memory);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            player.Act(memory, picture, vector);
            player.Dream(memory);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ThreadsWithMemoriesOfTheirOwnDoNotDisturbEachOther()
    {
        using var exported = new ExportedAgent("dreamerv3", "both", choices: false, new() { HasNoise = true });
        using var player = DreamAgent.Load(exported.Path);
        var alone = Enumerable.Range(0, 4).Select(n => Play(player, (ulong)n)).ToArray();
        var together = new float[4][];
        var threads = Enumerable.Range(0, 4).Select(n => new Thread(() => together[n] = Play(player, (ulong)n))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(alone, together);
    }

    [Theory]
    [InlineData("dreamer")]
    [InlineData("planet")]
    public void WhatIsDrawnFollowsFromTheSeed(string algorithm)
    {
        using var exported = new ExportedAgent(algorithm, "both", choices: false, new() { HasNoise = true });
        using var player = DreamAgent.Load(exported.Path);
        Assert.Equal(Play(player, 1), Play(player, 1));
        Assert.NotEqual(Play(player, 1), Play(player, 2));
    }

    [Fact]
    public void WithoutNoiseNoSeedMatters()
    {
        using var exported = new ExportedAgent("dreamerv3", "both", choices: false);
        using var player = DreamAgent.Load(exported.Path);
        Assert.Equal(Play(player, 1), Play(player, 2));
    }

    [Fact]
    public void NormalNumbersAreNormalAndUniformOnesUniform()
    {
        var (normal, uniform, numbers) = (new float[100_001], new float[100_000], new NumberSource(1));
        numbers.Normal(normal);
        numbers.Uniform(uniform);
        Assert.Equal(0, normal.Average(), 0.02f);
        Assert.Equal(1, normal.Average(x => x * x), 0.02f);
        Assert.Equal(3, normal.Average(x => x * x * x * x), 0.15f);
        Assert.Equal(0.5f, uniform.Average(), 0.01f);
        Assert.Equal(1 / 12f, uniform.Average(x => (x - 0.5f) * (x - 0.5f)), 0.002f);
        Assert.All(uniform, x => Assert.InRange(x, 0, 0.99999995f));
    }

    private static float[] Play(DreamAgent player, ulong seed)
    {
        using var memory = player.Begin(seed: seed);
        var environment = new DriftEnvironment("both", choices: false, seed: 9);
        var row = environment.Reset();
        var actions = new List<float>();
        for (var t = 0; t < 15; t++)
        {
            var action = player.Act(memory, row.Image, row.Vector);
            actions.AddRange(action);
            row = environment.Step(action);
        }
        return [.. actions];
    }
}
