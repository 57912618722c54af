using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Models.Dynamics;

/// <summary>What holds for every latent dynamics: filtering a chunk, filtering step by step, imagining.</summary>
[NoTensorLeaks]
public sealed class FilteringTests
{
    private const int Length = 5, Batch = 3, Embed = 6, Actions = 2;

    public static TheoryData<string, string> Kinds => new()
    {
        { "rssm", "planet" }, { "rssm", "torch" }, { "ssm", "planet" }, { "rnn", "planet" }, { "rnn", "torch" },
        { "drnn", "planet" }, { "drnn", "torch" }, { "faithful", "planet" }, { "rssm", "norm" },
        { "discrete_rssm", "norm" }, { "discrete_rssm", "planet" },
    };

    public static IEnumerable<object[]> GaussianKinds => Kinds.Where(kind => kind[0] is not "discrete_rssm");

    [Theory, MemberData(nameof(Kinds))]
    public void ActingStepByStepFiltersAsTheChunkDoes(string kind, string gru)
    {
        using var world = new World(kind, gru);
        using var scope = new TensorScope();
        var (embed, actions, noise) = world.Chunk();
        foreach (var continues in new[] { null, Continues(2) })
        {
            var state = world.Dynamics.Initial(Batch);
            var (posterior, prior) = world.Dynamics.Observe(embed, actions, continues, state, noise);
            for (var t = 0; t < Length; t++)
            {
                var goesOn = continues?[t] ?? Tensor.Ones([Batch, 1], DType.Float64);
                var (previous, action) = (state.Masked(goesOn), actions[t] * goesOn);
                var expected = world.Dynamics.PriorStep(previous, action, null);
                state = world.Dynamics.PosteriorStep(previous, action, expected, embed[t], noise[t]);
                Same(state, posterior.Map(part => part[t]));
                Same(expected, prior.Map(part => part[t]), sample: kind != "drnn");
            }
        }
    }

    /// <summary>A dream at temperature 1 is the prior itself; with hardly any it is the most probable one; and what
    /// draws nothing has none.</summary>
    [Theory, MemberData(nameof(Kinds))]
    public void ATemperatureOfOneIsThePrior(string kind, string gru)
    {
        const double Cold = 1e-12;
        using var world = new World(kind, gru);
        using var scope = new TensorScope();
        var (_, actions, noise) = world.Chunk();
        var (dynamics, start) = (world.Dynamics, world.Dynamics.Initial(Batch));
        Tensor Dream(double temperature) =>
            dynamics.Feature(dynamics.DreamStep(start, actions[0], noise[0], temperature));
        Tensor Prior(Tensor? drawn) => dynamics.Feature(dynamics.PriorStep(start, actions[0], drawn));
        Close(Prior(noise[0]), Dream(1));
        Close(Prior(null), Dream(Cold));
        Assert.Equal(kind is not ("rnn" or "faithful"), dynamics.DrawsLatents);
        if (dynamics.DrawsLatents) Assert.NotEqual(Dream(1).ToArray<double>(), Dream(Cold).ToArray<double>());
        else Assert.Equal(Dream(1).ToArray<double>(), Dream(Cold).ToArray<double>());

        static void Close(Tensor one, Tensor other) =>
            Assert.True((one - other).Abs().Max().Item() < 1e-5, $"{(one - other).Abs().Max().Item()}");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void AResetInsideAChunkIsAStartOfItsOwn(string kind, string gru)
    {
        using var world = new World(kind, gru);
        using var scope = new TensorScope();
        var (embed, actions, noise) = world.Chunk();
        const int Reset = 2;
        var initial = world.Dynamics.Initial(Batch);
        var (posterior, prior) = world.Dynamics.Observe(embed, actions, Continues(Reset), initial, noise);

        Tensor Tail(Tensor part) => part.Narrow(0, Reset, Length - Reset);
        var first = Tensor.FromArray([0.0, 1, 1], [Length - Reset, 1, 1]);      // episodes begin with action 0
        var (alone, alonePrior) = world.Dynamics.Observe(
            Tail(embed), Tail(actions) * first, null, initial, Tail(noise));
        Same(alone, posterior.Map(Tail));
        Same(alonePrior, prior.Map(Tail));

        var (through, _) = world.Dynamics.Observe(embed, actions, null, initial, noise);    // and it does cut something
        var parts = through.Distribution.Parts[0];
        Assert.True((Tail(parts) - alone.Distribution.Parts[0]).Abs().Max().Item() > 1e-6);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void GradientsFlowFromTheLastRowToTheFirst(string kind, string gru)
    {
        using var world = new World(kind, gru);
        using var scope = new TensorScope();
        var (embed, actions, noise) = world.Chunk();
        embed.SetRequiresGrad(true);
        actions.SetRequiresGrad(true);
        var (posterior, _) = world.Dynamics.Observe(embed, actions, null, world.Dynamics.Initial(Batch), noise);
        var last = world.Dynamics.Feature(posterior)[Length - 1];
        // Not their sum: that of a one-hot vector is 1, whatever it is.
        var ramp = Tensor.Arange(1, last.Size(-1) + 1, dtype: DType.Float64);
        var gradients = Reverie.Torch.Torch.Grad((last * ramp).Sum(), [embed, actions]);
        foreach (var gradient in gradients)
            for (var t = 0; t < Length; t++) Assert.True(gradient![t].Abs().Max().Item() > 1e-9, $"row {t}");
    }

    [Theory, MemberData(nameof(Kinds))]
    public void ImaginingIsPriorStepsInARow(string kind, string gru)
    {
        using var world = new World(kind, gru);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var (embed, actions, noise) = world.Chunk();
        var (posterior, _) = world.Dynamics.Observe(embed, actions, null, world.Dynamics.Initial(Batch), noise);
        var start = posterior.Map(part => part[Length - 1]);
        var dreamt = world.Dynamics.Imagine(start, actions, noise);
        Assert.Equal([Length, Batch, world.Dynamics.FeatureSize], world.Dynamics.Feature(dreamt).Shape.ToArray());
        var state = start;
        for (var t = 0; t < Length; t++)
        {
            state = world.Dynamics.PriorStep(state, actions[t], noise[t]);
            Same(state, dreamt.Map(part => part[t]));
        }
        var none = world.Dynamics.Imagine(start, actions.Narrow(0, 0, 0), null);
        Assert.Equal([0, Batch, world.Dynamics.FeatureSize], world.Dynamics.Feature(none).Shape.ToArray());
    }

    [Theory, MemberData(nameof(GaussianKinds))]
    public void WithoutNoiseTheSampleIsTheMean(string kind, string gru)
    {
        using var world = new World(kind, gru);
        using var scope = new TensorScope();
        var (embed, actions, noise) = world.Chunk();
        var initial = world.Dynamics.Initial(Batch);
        var still = world.Dynamics.PriorStep(initial, actions[0], null);
        var drawn = world.Dynamics.PriorStep(initial, actions[0], noise[0]);
        var seen = world.Dynamics.PosteriorStep(initial, actions[0], still, embed[0], noise[0]);
        Same(still.Mean, drawn.Mean);
        Assert.Equal(kind == "rnn" ? world.Dynamics.DeterSize : world.Dynamics.StochSize, still.Mean.Size(-1));
        Assert.True(still.Std.Min().Item() > 0.1);                                         // the floor
        if (kind == "rnn") return;                                                         // has no sample
        Same(still.Mean, still.Stoch);
        if (kind != "faithful")                                                            // heads see the sample
            Assert.True((world.Dynamics.Feature(drawn) - world.Dynamics.Feature(still)).Abs().Max().Item() > 1e-3);
        foreach (var state in new[] { drawn, seen })
            Same(kind == "faithful" ? state.Mean : state.Mean + state.Std * noise[0], state.Stoch);
    }

    [Fact]
    public void AnUnknownNameSaysWhatThereIs()
    {
        var error = Assert.ThrowsAny<ReverieException>(() => new World("lstm", "planet"));
        Assert.Contains("rssm, discrete_rssm, block_rssm, ssm, rnn or drnn", error.Message, StringComparison.Ordinal);
    }

    // Every sequence begins anew at one row.
    private static Tensor Continues(int reset) =>
        Tensor.Arange(0, Length, dtype: DType.Float64).Eq(reset).Eq(0).To(DType.Float64).Reshape(Length, 1, 1)
            .Repeat(1, Batch, 1);

    private static void Same(LatentState expected, LatentState actual, bool sample = true)
    {
        foreach (var (one, other) in expected.Distribution.Parts.Zip(actual.Distribution.Parts)) Same(one, other);
        if (!sample) return;
        Same(expected.Stoch, actual.Stoch);
        Same(expected.Deter, actual.Deter);
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        if (expected.Numel > 0) Assert.True((expected - actual).Abs().Max().Item() < 1e-12);
    }

    private sealed class World : IDisposable
    {
        private readonly Generator random = new(Device.Cpu, 5);

        public World(string kind, string gru)
        {
            using var scope = new TensorScope();
            var faithful = kind == "faithful";
            var config = new ModelConfig
            {
                Dynamics = faithful ? "rnn" : kind, FaithfulMeanOnly = faithful, Gru = gru,
                Stoch = 3, Classes = 5, Deter = 4, Hidden = 8, Activation = "elu",
            };
            var init = new Initializer(Device.Cpu, random) { DType = DType.Float64 };
            Dynamics = DynamicsRegistry.Create(config, Actions, Embed, init);
        }

        public LatentDynamics Dynamics { get; }

        public (Tensor Embed, Tensor Actions, Tensor Noise) Chunk()
        {
            Tensor Draw(int size) => Tensor.Randn([Length, Batch, size], random, DType.Float64);
            return (Draw(Embed), Draw(FilteringTests.Actions), Dynamics.Noise([Length, Batch], random, DType.Float64));
        }

        public void Dispose()
        {
            Dynamics.Dispose();
            random.Dispose();
        }
    }
}
