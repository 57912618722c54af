using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Tests.Torch;
using Reverie.Torch;

namespace Reverie.Tests.Models.Dynamics;

/// <summary>One step of each dynamics written out from its parameters, layer by layer (cell: PyTorch's).</summary>
[NoTensorLeaks]
public sealed class EquationsTests
{
    private const int Batch = 2, Embed = 5, Stoch = 3, Classes = 4, Deter = 4, ActionSize = 2;

    [Fact]
    public void Rssm()
    {
        using var scope = new TensorScope();
        using var step = new Step("rssm", Deter);
        var h = step.Gru("gru", step.Relu("input", step.Previous.Stoch, step.Action), step.Previous.Deter);
        Near.Equal(Values(h), step.Prior.Deter);
        step.AssertGaussian("prior", step.Relu("prior_hidden", h), step.Prior);
        step.AssertGaussian("posterior", step.Relu("posterior_hidden", h, step.Seen), step.Posterior);
        Near.Equal(Values(Tensor.Cat([step.Posterior.Stoch, h], -1)), step.Dynamics.Feature(step.Posterior));
    }

    [Fact]
    public void DiscreteRssm()
    {
        using var scope = new TensorScope();
        using var step = new Step("discrete_rssm", Deter);
        Assert.Equal(Stoch * Classes, step.Dynamics.StochSize);
        var h = step.Gru("gru", step.Relu("input", step.Previous.Stoch, step.Action), step.Previous.Deter);
        Near.Equal(Values(h), step.Prior.Deter);
        step.AssertCategorical("prior", step.Relu("prior_hidden", h), step.Prior);
        step.AssertCategorical("posterior", step.Relu("posterior_hidden", h, step.Seen), step.Posterior);
        Near.Equal(Values(Tensor.Cat([step.Posterior.Stoch, h], -1)), step.Dynamics.Feature(step.Posterior));
    }

    /// <summary>Gaussian latents of DreamerV2: std = 2σ(raw/2) + 0.1.</summary>
    [Fact]
    public void RssmWithTheDeviationOfDreamerV2()
    {
        using var scope = new TensorScope();
        using var step = new Step("rssm", Deter, std: "sigmoid2");
        var raw = step.Linear("posterior.std", step.Relu("posterior_hidden", step.Posterior.Deter, step.Seen));
        Near.Equal(Values(2 / (1 + (-raw / 2).Exp()) + 0.1), step.Posterior.Std);
    }

    [Fact]
    public void Ssm()
    {
        using var scope = new TensorScope();
        using var step = new Step("ssm", 0);
        step.AssertGaussian("prior", step.Relu("prior_hidden", step.Previous.Stoch, step.Action), step.Prior);
        var hidden = step.Relu("posterior_hidden", step.Prior.Mean, step.Prior.Std, step.Seen);
        step.AssertGaussian("posterior", hidden, step.Posterior);
        Near.Equal(Values(step.Posterior.Stoch), step.Dynamics.Feature(step.Posterior));
    }

    [Fact]
    public void Rnn()
    {
        using var scope = new TensorScope();
        using var step = new Step("rnn", Deter);
        var input = step.Relu("input", step.Action);
        Tensor Deterministic(Tensor seen, double flag) => step.Gru("gru",
            Tensor.Cat([input, seen, Tensor.Full([Batch, 1], flag, DType.Float64)], -1), step.Previous.Deter);
        var (prior, posterior) = (Deterministic(step.Seen * 0, 0), Deterministic(step.Seen, 1));
        Near.Equal(Values(prior), step.Prior.Deter);
        Near.Equal(Values(posterior), step.Dynamics.Feature(step.Posterior));
        Near.Equal(Values((posterior - prior).Square().Sum(-1) * 0.5), step.Posterior.KlTo(step.Prior));
    }

    [Fact]
    public void Drnn()
    {
        using var scope = new TensorScope();
        using var step = new Step("drnn", 2 * Deter);
        var both = step.Previous.Deter;
        var (encoder, decoder) = (both.Narrow(-1, 0, Deter), both.Narrow(-1, Deter, Deter));
        foreach (var (seen, state) in new[] { (step.Seen * 0, step.Prior), (step.Seen, step.Posterior) })
        {
            var g = step.Gru("encoder_gru", Tensor.Cat([seen, step.Action, step.Previous.Stoch], -1), encoder);
            step.AssertGaussian("state", step.Relu("hidden", g, step.Previous.Stoch, decoder), state);
            var d = step.Gru("decoder_gru", state.Stoch, decoder);
            Near.Equal(Values(Tensor.Cat([g, d], -1)), state.Deter);
            Near.Equal(Values(d), step.Dynamics.Feature(state));
        }
    }

    private static double[] Values(Tensor tensor) => tensor.ToArray<double>();

    private sealed class Step : IDisposable
    {
        private readonly Dictionary<string, Tensor> parameters;
        private readonly Tensor noise;

        public Step(string kind, int deter, string std = "softplus")
        {
            using var random = new Generator(Device.Cpu, 2);
            var config = new ModelConfig
            {
                Dynamics = kind, Stoch = Stoch, Classes = Classes, Deter = Deter, Hidden = 6, Gru = "torch", Std = std,
            };
            Dynamics = DynamicsRegistry.Create(
                config, ActionSize, Embed, new(Device.Cpu, random) { DType = DType.Float64 });
            parameters = Dynamics.NamedParameters().ToDictionary(p => p.Name, p => p.Value);
            Tensor Draw(int size) => Tensor.Randn([Batch, size], random, DType.Float64);
            using (new NoGrad())                                    // biases start at 0 and would hide
                foreach (var parameter in parameters.Values.Where(p => p.Dim == 1))
                    parameter.Copy_(Tensor.Randn(parameter.Shape, random, DType.Float64) * 0.3);
            Previous = new(Draw(deter), Draw(Dynamics.StochSize), Draw(1), Draw(1));
            (Action, Seen) = (Draw(ActionSize), Draw(Embed));
            noise = Dynamics.Noise([Batch], random, DType.Float64);
            Prior = Dynamics.PriorStep(Previous, Action, noise);
            Posterior = Dynamics.PosteriorStep(Previous, Action, Prior, Seen, noise);
        }

        public LatentDynamics Dynamics { get; }
        public LatentState Previous { get; }
        public LatentState Prior { get; }
        public LatentState Posterior { get; }
        public Tensor Action { get; }
        public Tensor Seen { get; }

        public Tensor Relu(string layer, params Tensor[] inputs) =>
            Linear(layer, Tensor.Cat(inputs, -1)).Clamp(0, null);

        /// <summary>softplus + 0.1 for the deviation, mean + deviation·noise for the sample.</summary>
        public void AssertGaussian(string head, Tensor hidden, LatentState state)
        {
            var std = (Linear($"{head}.std", hidden).Exp() + 1).Log() + 0.1;
            Near.Equal(Values(Linear($"{head}.mean", hidden)), state.Mean);
            Near.Equal(Values(std), state.Std);
            Near.Equal(Values(state.Mean + std * noise), state.Stoch);
        }

        /// <summary>The class of each variable is the first whose summed probabilities exceed the number
        /// drawn.</summary>
        public void AssertCategorical(string head, Tensor hidden, LatentState state)
        {
            var logits = Linear($"{head}.logits", hidden).Reshape(Batch, Stoch, Classes);
            var probabilities = Values(logits.Exp() / logits.Exp().Sum(-1, keepDim: true));
            var (numbers, drawn) = (Values(noise), new double[Batch * Stoch * Classes]);
            for (var v = 0; v < Batch * Stoch; v++)
            {
                var (k, sum) = (0, probabilities[v * Classes]);
                while (sum <= numbers[v]) sum += probabilities[v * Classes + ++k];
                drawn[v * Classes + k] = 1;
            }
            Near.Equal(Values(logits.Flatten()), Assert.IsType<CategoricalLatent>(state.Distribution).Logits.Flatten());
            Assert.Equal(drawn, Values(state.Stoch));
        }

        public Tensor Gru(string cell, Tensor x, Tensor h)
        {
            Tensor Of(string name) => parameters[$"{cell}.{name}"];
            var fromInput = x.Matmul(Of("kernel").Transpose(0, 1)) + Of("bias");
            var fromState = h.Matmul(Of("recurrent_kernel").Transpose(0, 1)) + Of("recurrent_bias");
            Tensor Part(Tensor of, int i) => of.Narrow(-1, i * Deter, Deter);
            var reset = (Part(fromInput, 0) + Part(fromState, 0)).Sigmoid();
            var update = (Part(fromInput, 1) + Part(fromState, 1)).Sigmoid();
            var candidate = (Part(fromInput, 2) + reset * Part(fromState, 2)).Tanh();
            return update * h + (1 - update) * candidate;
        }

        public void Dispose() => Dynamics.Dispose();

        public Tensor Linear(string layer, Tensor x) =>
            x.Matmul(parameters[$"{layer}.weight"].Transpose(0, 1)) + parameters[$"{layer}.bias"];
    }
}
