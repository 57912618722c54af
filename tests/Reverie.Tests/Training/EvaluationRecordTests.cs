using Reverie.Agents;
using Reverie.Dreams;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch.IO;
using Reverie.Training;

namespace Reverie.Tests.Training;

[NoTensorLeaks]
public sealed class EvaluationRecordTests : IDisposable
{
    private static readonly EpisodeLayout Layout = new(null, 2, 1);

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void APlannerLeavesTheReturnsOfItsCandidates()
    {
        using var agent = SmallPlaNet.Agent(layout: Layout);
        Write(agent);
        var candidates = Read(EvaluationRecord.ForesightEnd)["candidates"];
        Assert.Equal(3, candidates.Shape.Count);
        Assert.Equal([0, 4, 8, 12, 16, 20], Read(EvaluationRecord.ForesightEnd)["rows"].As<int>());
        Assert.Equal(6, candidates.Shape[0]);
        Assert.True(candidates.As<float>().Distinct().Count() > candidates.Shape[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnActorLeavesWhatItImagines(bool second)
    {
        using ModelAgent agent = second ? SmallDreamerV2.Agent(layout: Layout) : SmallDreamer.Agent(layout: Layout);
        Write(agent);
        var arrays = Read(EvaluationRecord.ForesightEnd);
        Assert.Equal([6, 15], arrays["rewards"].Shape);
        Assert.Equal([6, 15], arrays["values"].Shape);
        Assert.All(arrays["values"].As<float>(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void EpisodeAndDreamAgreeAndFollowFromTheSeed()
    {
        using var agent = SmallDreamer.Agent(layout: Layout);
        var episode = Write(agent);
        var dream = Read(EvaluationRecord.DreamEnd);
        Assert.Equal(5, dream["context"].As<int>()[0]);
        Assert.Equal([22, 2], dream["vector_truth"].Shape);
        Assert.Equal(episode.Vector, dream["vector_truth"].As<float>());
        Assert.Equal(episode.Reward, EpisodeArchive.Read(At(EvaluationRecord.EpisodeEnd)).Reward);

        var before = File.ReadAllBytes(At(EvaluationRecord.DreamEnd));
        Write(agent);
        Assert.Equal(before, File.ReadAllBytes(At(EvaluationRecord.DreamEnd)));
        Write(agent, seed: 2);
        Assert.NotEqual(before, File.ReadAllBytes(At(EvaluationRecord.DreamEnd)));
    }

    [Fact]
    public void WhatThereIsNoneOfLeavesNoFile()
    {
        EvaluationRecord.Write(folder.Path, 7, Played(4), null, null);
        Assert.Equal([At(EvaluationRecord.EpisodeEnd)], Directory.GetFiles(folder.Path));
    }

    private Episode Write(ModelAgent agent, ulong seed = 1)
    {
        var episode = Played(21);
        EvaluationRecord.Write(folder.Path, 7, episode, OpenLoopDream.Of(agent, episode, 0, 50, 5, seed),
            Foresight.Of(agent, episode, 50, seed));
        return episode;
    }

    private static Episode Played(int decisions)
    {
        using var environments = new Reverie.Environments.ParallelEnvironments(1, 1,
            n => new Reverie.Environments.TimeLimit(new RailEnvironment(n), decisions));
        using var random = new RandomAgent(Layout);
        return new Collector(environments, Layout, _ => { }).Collect(random, ActMode.Collect, 3)[0].Episode;
    }

    private Dictionary<string, NpyArray> Read(string end) => Npz.Read(At(end));

    private string At(string end) => Path.Combine(folder.Path, "000000007" + end);
}
