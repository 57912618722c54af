using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;

namespace Reverie.Tests.Agents;

public sealed class ArithmeticTests
{
    private static readonly EpisodeLayout Pixels = new(new ImageSpace(), 0, 1);

    [Fact]
    public void AnUpdateOfPublishedSizesIs39MillionMultiplyAddsARow()
    {
        // 14.7 M in the encoder, 24.2 M in the decoder, 0.7 M in dynamics and reward head, by hand.
        var perRow = new Arithmetic(new Config(), Pixels).Update * 1e9 / (6 * 50 * 50);
        Assert.InRange(perRow, 39.0e6, 40.0e6);
    }

    [Fact]
    public void VectorsCostTheirOwnLayersAndEmbedding()
    {
        double Rows(EpisodeLayout layout) => new Arithmetic(new Config(), layout).Update * 1e9 / (6 * 50 * 50);
        // Encoder 5·200 + 2·200², decoder 230·200 + 2·200² + 200·5, and 200 more inputs to the posterior's 200 units.
        const double Vector = 81_000 + 127_000, Posterior = 200 * 200;
        Assert.Equal(Vector + Posterior, Rows(Pixels with { VectorSize = 5 }) - Rows(Pixels), 3);
        // Alone: prior 298,200, posterior 400·200 + 60·200, reward 230·300 + 2·300² + 300.
        Assert.Equal(Vector + 298_200 + 92_000 + 249_300, Rows(new(null, 5, 1)), 3);
    }

    [Fact]
    public void APlanIsEveryCandidateAtEveryStep()
    {
        var config = new Config { Model = new ModelConfig { RewardLayers = 2, RewardUnits = 200 } };
        // Prior: 31·200 + 3·400·200 + 200·200 + 200·60; reward: 230·200 + 200·200 + 200.
        Assert.Equal(2e-9 * 10 * 1000 * 12 * (298_200 + 86_200), new Arithmetic(config, Pixels).Plan, 6);
    }

    [Fact]
    public void ADecisionEncodesFiltersAndPlansOrAsksTheActor()
    {
        // Encoder 14,714,368; prior 298,200; posterior (200 + 1024)·200 + 60·200; actor 230·400 + 3·400² + 2·400.
        const double Seen = 14_714_368 + 298_200 + 256_800;
        var arithmetic = new Arithmetic(new Config(), Pixels);
        Assert.Equal(2e-9 * Seen, arithmetic.Act - arithmetic.Plan, 9);
        Assert.Equal(2e-9 * (Seen + 572_800), new Arithmetic(new Config { Agent = "dreamer" }, Pixels).Act, 9);
        var random = new Config { Planner = new PlannerConfig { Collection = "random" } };
        Assert.Equal(2e-9 * Seen, new Arithmetic(random, Pixels).Act, 9);
    }

    [Fact]
    public void ShootingPlansOnce()
    {
        var config = new Config { Planner = new PlannerConfig { Kind = "shooting" } };
        Assert.Equal(new Arithmetic(new Config(), Pixels).Plan / 10, new Arithmetic(config, Pixels).Plan, 9);
    }

    [Fact]
    public void ABehaviorIsEveryImaginedStateThereAndBack()
    {
        var config = new Config
        {
            Agent = "dreamer",
            Model = new ModelConfig { RewardLayers = 2, RewardUnits = 400 },
        };
        // Prior 298,200; actor 230·400 + 3·400² + 2·400; reward 230·400 + 400² + 400; critic 230·400 + 2·400² + 400.
        const double PerState = 3 * 572_800 + 2 * (298_200 + 252_400) + 4 * 412_400;
        var arithmetic = new Arithmetic(config, Pixels);
        Assert.Equal(2e-9 * 50 * 50 * 15 * PerState, arithmetic.Behavior, 6);
        Assert.Equal(arithmetic.Behavior, arithmetic.Update - new Arithmetic(config with { Agent = "planet" }, Pixels).Update, 6);
        // With an end to episodes the last row of a chunk starts nothing, and one head more is read.
        var ends = new Arithmetic(config with { Model = config.Model with { Continue = true } }, Pixels);
        Assert.Equal(2e-9 * 49 * 50 * 15 * (PerState + 2 * 412_400), ends.Behavior, 6);
    }

    [Fact]
    public void VEncodesAndDecodesPicturesAndMPredictsEveryRowButTheFirst()
    {
        var config = new Config { Replay = new ReplayConfig { BatchSize = 100, ChunkLength = 999 } };
        var racing = new Arithmetic(config, Pixels with { ActionSize = 3 });
        // Encoder 14,714,368; mean and log-variance 2·1024·32; decoder 32·1024 + 23,967,232.
        Assert.Equal(6e-9 * 100 * (14_714_368 + 65_536 + 32_768 + 23_967_232), racing.UpdateV, 9);
        // LSTM 4·256·(32 + 3 + 256); mixtures 256·480.
        Assert.Equal(6e-9 * 100 * 998 * (297_984 + 122_880), racing.UpdateM, 6);
        // Doom's: LSTM 4·512·(64 + 1 + 1 + 512); end and mixtures 512·961.
        var doom = new Arithmetic(config with
        {
            Vae = new VaeConfig { Latents = 64 }, Memory = new MemoryConfig { Units = 512, Done = true },
        }, Pixels);
        Assert.Equal(6e-9 * 100 * 998 * (1_183_744 + 492_032), doom.UpdateM, 6);
    }
}
