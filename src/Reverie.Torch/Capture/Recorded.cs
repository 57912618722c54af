namespace Reverie.Torch.Capture;

/// <summary>Work cannot be recorded, or what was recorded is something else.</summary>
/// <param name="reason">In one line.</param>
/// <param name="result">What it came to all the same; null where nothing was done yet.</param>
internal sealed class Unrecordable(string reason, Tensor[]? result = null) : Exception(reason)
{
    public Tensor[]? Result => result;
}

/// <summary>One kind of work: warm-up, recording, comparison, replay.</summary>
internal sealed class Recorded(IGraph graph, Func<Tensor[], Generator, Tensor[]> work) : IDisposable
{
    // Kernels that add in any order differ in the last bits, which the optimizer may enlarge; frozen numbers differ in all.
    private const double MostDifference = 0.01;

    private int times;
    private Tensor[]? inputs, outputs;

    public Tensor[] Run(Tensor[] inputs, IReadOnlyList<Tensor> changes, Generator noise)
    {
        if (this.inputs is not null) return Replay(inputs, noise);
        if (times++ >= CapturedWork.WarmUps)
        {
            Record(inputs);
            return Compare(inputs, changes, noise);
        }
        Tensor[] result = [];
        graph.WarmUp(() => result = work(inputs, noise));
        return result;
    }

    public void Dispose()
    {
        Free(inputs);
        Free(outputs);
        graph.Dispose();
    }

    private void Record(Tensor[] inputs)
    {
        this.inputs = Copies(inputs);
        try
        {
            graph.Record(() => Recording.Run(() =>
            {
                using var scope = new TensorScope();
                Free(outputs);
                outputs = Array.ConvertAll(work(this.inputs, graph.Noise), output => output.Keep());
            }));
        }
        catch (TorchException reason)
        {
            throw new Unrecordable(reason.Message);
        }
    }

    private Tensor[] Replay(Tensor[] inputs, Generator noise)
    {
        Restore(this.inputs!, inputs);
        graph.Noise.State = noise.State;
        graph.Replay();
        noise.State = graph.Noise.State;
        return Array.ConvertAll(outputs!, output => output.Clone());
    }

    // Both ways from the same point; what was written counts where they differ.
    private Tensor[] Compare(Tensor[] inputs, IReadOnlyList<Tensor> changes, Generator noise)
    {
        var (before, start) = (Copies(changes), noise.State);
        var plain = work(inputs, noise);
        var (after, end) = (Copies(changes), noise.State);
        try
        {
            Restore(changes, before);
            noise.State = start;
            var replayed = Replay(inputs, noise);
            if (!Agree([.. plain, .. after], [.. replayed, .. changes]))
                throw new Unrecordable("recorded, it comes to other numbers than as written");
            return replayed;
        }
        catch (Exception fault) when (fault is Unrecordable or TorchException)
        {
            Restore(changes, after);
            noise.State = end;
            throw new Unrecordable(fault.Message, plain);
        }
        finally
        {
            Free(before);
            Free(after);
        }
    }

    private static bool Agree(Tensor[] all, Tensor[] others)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var worst = Tensor.Stack([.. all.Zip(others, (one, other) =>
        {
            var (a, b) = (one.To(DType.Float64), other.To(DType.Float64));
            return ((a - b).Abs().Sum() / a.Abs().Sum().Clamp(1e-12, null)).To(Device.Cpu);
        })]).ToArray<double>();
        return Array.TrueForAll(worst, each => each <= MostDifference);
    }

    private static void Restore(IReadOnlyList<Tensor> tensors, IReadOnlyList<Tensor> from)
    {
        using var noGrad = new NoGrad();
        for (var i = 0; i < from.Count; i++) tensors[i].Copy_(from[i]);
    }

    private static Tensor[] Copies(IReadOnlyList<Tensor> tensors)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        return [.. tensors.Select(each => each.Clone().Keep())];
    }

    private static void Free(Tensor[]? tensors)
    {
        foreach (var each in tensors ?? []) each.Dispose();
    }
}
