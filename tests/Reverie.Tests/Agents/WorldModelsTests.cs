using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Agents;

/// <summary>World Models' three parts: what moves which, what a loss counts, how C acts.</summary>
[NoTensorLeaks]
public sealed class WorldModelsTests
{
    private static readonly EpisodeLayout Layout = new(new ImageSpace(), 0, 2);

    [Fact]
    public void PicturesTeachVAndEncodingsTeachM()
    {
        using var one = new ThreadLimit(1);
        using var agent = Make();
        Assert.Equal(["vae"], Moved(agent, Batch(Layout, length: 1, count: 4), out var first));
        Assert.Equal(["loss_image", "loss_kl", "gradient_norm", "loss"], first);
        Assert.Equal(["memory"], Moved(agent, Batch(agent.Encoded, length: 5, count: 3), out var second));
        Assert.Equal(["loss_latent", "loss_done", "loss_reward", "gradient_norm", "loss"], second);
    }

    /// <summary>Rows that end an episode weigh as the settings say, rows that begin one count nowhere.</summary>
    [Fact]
    public void LossesOfMemoryCountTheRowsThatFollow()
    {
        using var one = new ThreadLimit(1);
        using var scope = new TensorScope();
        using var light = Make(config => config with { Memory = config.Memory with { DoneWeight = 1 } });
        using var heavy = Make(config => config with { Memory = config.Memory with { DoneWeight = 10 } });
        var batch = Batch(light.Encoded, length: 3, count: 2);
        Array.Fill(batch.IsTerminal, true);
        Assert.Equal(10 * Loss(light, batch, "done"), Loss(heavy, batch, "done"), 4);

        var whole = Loss(light, batch, "reward");
        batch.IsFirst[2 * 2] = batch.IsFirst[2 * 2 + 1] = true;      // row 2 of both chunks begins an episode
        var without = Loss(light, batch, "reward");
        batch.Reward[2 * 2] = batch.Reward[2 * 2 + 1] = 1000;
        Assert.Equal(without, Loss(light, batch, "reward"));
        Assert.NotEqual(whole, without);
    }

    [Fact]
    public void AnEpisodeBeginsWithAnEmptyMemory()
    {
        using var one = new ThreadLimit(1);
        using var agent = Make();
        Search(agent);
        using var going = agent.Begin(1, 5);
        using var fresh = agent.Begin(1, 5);
        var first = agent.Act([Row(1, first: true)], going, ActMode.Evaluate);
        var later = agent.Act([Row(1, first: false)], going, ActMode.Evaluate);
        Assert.NotEqual(first, later);          // the same picture, but the memory has moved
        Assert.Equal(first, agent.Act([Row(1, first: true)], going, ActMode.Evaluate));
        Assert.Equal(first, agent.Act([Row(1, first: true)], fresh, ActMode.Evaluate));
    }

    [Fact]
    public void CandidatesActEachByTheirOwnParameters()
    {
        using var one = new ThreadLimit(1);
        using var agent = Make();
        var vectors = agent.Search.Ask(3)[..2];
        using var both = new Candidates(agent, vectors);
        using var state = both.Begin(2, 1);
        var together = both.Act([Row(1, first: true), Row(2, first: true)], state, ActMode.Evaluate);
        for (var n = 0; n < 2; n++)
        {
            using var alone = new Candidates(agent, [vectors[n]]);
            using var own = alone.Begin(1, 1);
            var action = alone.Act([Row(1 + n, first: true)], own, ActMode.Evaluate);
            for (var i = 0; i < 2; i++) Assert.Equal(action[i], together[2 * n + i], 1e-5);
        }
        Assert.NotEqual(together[..2], together[2..]);
    }

    [Fact]
    public void WhatItCannotSeeIsRefused()
    {
        EpisodeLayout[] layouts = [new(null, 3, 1), new(new ImageSpace(), 3, 1)];
        foreach (var layout in layouts)
            Refused("world_models learns from pictures alone", () => new WorldModels(Configuration(), layout, Device.Cpu));
        Refused("pictures are Image[8, 64, 3]: agents see 10 to 512",
            () => new WorldModels(Configuration(), new(new ImageSpace(8, 64), 0, 1), Device.Cpu));
        Refused("model.encoder", () => Configuration("model.encoder=vector"));
        Refused("controller.train_in",
            () => Configuration("controller.train_in=dream", "memory.done=false", "memory.reward=false"));

        static void Refused(string told, Func<object> attempt) =>
            Assert.Contains(told, Assert.ThrowsAny<ReverieException>(attempt).Message);
    }

    private static double Loss(WorldModels agent, SequenceBatch batch, string name)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        return agent.MemoryLosses(ModelBatch.From(batch, Device.Cpu), noise)[name].Item();
    }

    private static string[] Moved(WorldModels agent, SequenceBatch batch, out string[] measures)
    {
        using var scope = new TensorScope();
        var before = agent.Modules.ToDictionary(pair => pair.Key, pair => Numbers(pair.Value));
        measures = [.. agent.Update(batch, 1).Keys];
        return [.. agent.Modules.Keys.Where(name => !Numbers(agent.Modules[name]).SequenceEqual(before[name]))];
    }

    private static double[] Numbers(Module module) =>
        [.. module.Parameters().SelectMany(parameter => parameter.To(DType.Float64).ToArray<double>())];

    // C is zero at first; a step of the search makes it do something.
    private static void Search(WorldModels agent)
    {
        var candidates = agent.Search.Ask(1);
        agent.Search.Tell(candidates, [.. candidates.Select((_, i) => (double)i)]);
    }

    private static SequenceBatch Batch(EpisodeLayout layout, int length, int count)
    {
        var (batch, random) = (new SequenceBatch(layout, length, count), new RandomSource(1));
        for (var i = 0; i < batch.Image.Length; i++) batch.Image[i] = (byte)random.NextInt(256);
        for (var i = 0; i < batch.Vector.Length; i++) batch.Vector[i] = (float)random.NextGaussian();
        for (var i = 0; i < batch.Reward.Length; i++) batch.Reward[i] = (float)random.NextGaussian();
        return batch;
    }

    private static TimeStep Row(int seed, bool first)
    {
        var image = new byte[64 * 64 * 3];
        new Random(seed).NextBytes(image);
        return new TimeStep { Image = image, Vector = [], IsFirst = first };
    }

    private static WorldModels Make(Func<Config, Config>? change = null) =>
        new((change ?? (config => config))(Configuration()), Layout, Device.Cpu);

    private static Config Configuration(params string[] set) => ConfigReader.Resolve(new ConfigSources
    {
        Presets = Presets.Stack("world_models,tiny"),
        Overrides =
        [
            .. ((string[])["vae.latents=4", "memory.units=6", "memory.done=true", "memory.reward=true",
                "model.cnn_depth=2", "controller.sample_latent=false", .. set]).Select(ConfigOverride.Parse),
        ],
    }).Config;
}
