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
    private const int LookEvery = 25;    // decisions between looks at which dreams go on

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
        var stoch = first.Sample(Noise().Narrow(-1, memory.StochSize, memory.StochSize));
        using var dreams = new Dreams(memory.Initial(count).Deter.Clone(), stoch, parameters);
        var returns = new float[count];
        for (var step = 0; step < config.DreamSteps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            if (memory.HasDone && step % LookEvery == 0 && !dreams.Continue(returns)) return returns;
            using var inner = new TensorScope();
            var state = new LatentState(dreams.Deter, dreams.Stoch, first);
            var memoryAfter = memory.Recur(state, controller.Act(controller.Features(state), dreams.Parameters));
            var next = memory.Predict(memoryAfter);
            dreams.Sum.Add_(next.Reward is null ? dreams.Alive : next.Reward * dreams.Alive);
            if (next.DoneLogit is { } done) dreams.Alive.Mul_(done.Le(0).To(dreams.Alive.DType));
            dreams.Deter.Copy_(memoryAfter);
            // What all dreams draw does not depend on which of them go on.
            dreams.Stoch.Copy_(next.Next.Tempered(config.Temperature).Sample(dreams.Of(Noise())));
        }
        dreams.Note(returns);
        return returns;
    }

    /// <summary>The dreams that go on, n of N: those that ended leave when half of the rows are theirs.</summary>
    private sealed class Dreams : IDisposable
    {
        private readonly Device device;
        private int[] places;          // of each row among all N
        private Tensor? index;         // the same on the device; null while all go on

        public Dreams(Tensor deter, Tensor stoch, Tensor parameters)
        {
            (Deter, Stoch, Parameters, device) = (deter.Keep(), stoch.Keep(), parameters.Clone().Keep(), deter.Device);
            var count = deter.Size(0);
            (Sum, Alive) = (Tensor.Zeros([count], device: device).Keep(), Tensor.Ones([count], device: device).Keep());
            places = [.. Enumerable.Range(0, (int)count)];
        }

        public Tensor Deter { get; private set; }           // (n, D)
        public Tensor Stoch { get; private set; }           // (n, Z)
        public Tensor Parameters { get; private set; }      // (n, ·)
        public Tensor Sum { get; private set; }             // (n)
        public Tensor Alive { get; private set; }           // (n), 0 once ended

        /// <summary>The rows of these dreams among rows (N, ·) of all.</summary>
        public Tensor Of(Tensor all) => index is null ? all : all.IndexSelect(0, index);

        /// <summary>Writes down what the dreams have earned so far.</summary>
        public void Note(float[] returns)
        {
            var sums = Sum.ToArray<float>();
            for (var row = 0; row < sums.Length; row++) returns[places[row]] = sums[row];
        }

        /// <summary>Lets those that ended leave, if they are many; false where none goes on.</summary>
        public bool Continue(float[] returns)
        {
            var alive = Alive.ToArray<float>();
            var rows = Enumerable.Range(0, alive.Length).Where(row => alive[row] != 0).ToArray();
            if (rows.Length > alive.Length / 2) return true;
            Note(returns);
            if (rows.Length == 0) return false;
            using var scope = new TensorScope();
            var stay = Index(rows);
            (Deter, Stoch, Parameters) = (Shrink(Deter, stay), Shrink(Stoch, stay), Shrink(Parameters, stay));
            (Sum, Alive) = (Shrink(Sum, stay), Shrink(Alive, stay));
            places = Array.ConvertAll(rows, row => places[row]);
            index?.Dispose();
            index = Index(places).Keep();
            return true;
        }

        public void Dispose()
        {
            foreach (var part in new[] { Deter, Stoch, Parameters, Sum, Alive }) part.Dispose();
            index?.Dispose();
        }

        private Tensor Index(int[] rows) =>
            Tensor.FromArray(Array.ConvertAll(rows, row => (long)row), [rows.Length], device);

        private static Tensor Shrink(Tensor part, Tensor rows)
        {
            var shrunk = part.IndexSelect(0, rows).Keep();
            part.Dispose();
            return shrunk;
        }
    }
}
