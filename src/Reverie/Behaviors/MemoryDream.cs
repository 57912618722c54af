using Reverie.Configuration;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>
/// Many dreams of World Models' memory at once, one for each controller that is to be compared (W §4): latents are
/// drawn from M's mixtures at a temperature, which makes the dream harder to exploit. A reward is M's, or 1 for every
/// decision survived where M predicts none; a dream ends where M holds the end for likelier than not, or after so many
/// decisions.
/// </summary>
/// <param name="memory">M.</param>
/// <param name="controller">C.</param>
/// <param name="config">Temperature and length.</param>
public sealed class MemoryDream(MdnRnn memory, Controller controller, ControllerConfig config)
{
    private const int LookEvery = 50;    // decisions between looks at whether any dream goes on

    /// <summary>Returns (N) of N dreams.</summary>
    /// <param name="starts">Encodings of first rows to begin from, (N, 2Z).</param>
    /// <param name="parameters">Of the controllers, (N, n).</param>
    /// <param name="seed">Decides everything random.</param>
    /// <param name="groups">Into how many equal groups of rows the dreams fall that have the same random
    /// numbers.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    public float[] Returns(
        Tensor starts, Tensor parameters, ulong seed, int groups = 1, CancellationToken cancel = default)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var random = new Generator(starts.Device, seed);
        var count = starts.Size(0);
        Tensor Noise() => memory.Noise([count / groups], random).Repeat(groups, 1);         // (N, 2Z)

        var first = Vae.Latent(starts);
        var begin = memory.Initial(count);
        var deter = begin.Deter.Clone().Keep();
        var stoch = first.Sample(Noise().Narrow(-1, memory.StochSize, memory.StochSize)).Keep();
        var (sum, alive) = (Tensor.Zeros([count], device: starts.Device), Tensor.Ones([count], device: starts.Device));
        try
        {
            for (var step = 0; step < config.DreamSteps; step++)
            {
                cancel.ThrowIfCancellationRequested();
                if (memory.HasDone && step % LookEvery == 0 && alive.Sum().Item() == 0) break;
                using var inner = new TensorScope();
                var state = new LatentState(deter, stoch, first);
                var memoryAfter = memory.Recur(state, controller.Act(controller.Features(state), parameters));
                var next = memory.Predict(memoryAfter);
                sum.Add_(next.Reward is null ? alive : next.Reward * alive);
                if (next.DoneLogit is { } done) alive.Mul_(done.Le(0).To(alive.DType));
                deter.Copy_(memoryAfter);
                stoch.Copy_(next.Next.Tempered(config.Temperature).Sample(Noise()));
            }
            return sum.ToArray<float>();
        }
        finally
        {
            deter.Dispose();
            stoch.Dispose();
        }
    }
}
