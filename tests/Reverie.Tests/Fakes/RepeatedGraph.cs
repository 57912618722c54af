using Reverie.Torch;
using Reverie.Torch.Capture;

namespace Reverie.Tests.Fakes;

/// <summary>
/// A graph without CUDA: what was recorded is run again. It takes its inputs, noise and changed tensors from where they
/// were when it was recorded, as a real one does, so that whatever else work leans on shows.
/// </summary>
/// <param name="changes">What recording must leave as it was.</param>
/// <param name="replayed">Told of every replay.</param>
internal sealed class RepeatedGraph(Func<IEnumerable<Tensor>> changes, Action replayed) : IGraph
{
    private Action? work;
    private byte[] start = [];

    public Generator Noise { get; } = new(Device.Cpu, 123);

    /// <summary>Breaks it: replays draw the numbers of the recording.</summary>
    public bool Frozen { get; init; }

    public void WarmUp(Action work) => work();

    public void Record(Action work)
    {
        (this.work, start) = (work, Noise.State);
        using var scope = new TensorScope();
        var before = changes().Select(each => (Tensor: each, Was: each.Clone())).ToArray();
        work();
        using var none = new NoGrad();
        foreach (var (tensor, was) in before) tensor.Copy_(was);
    }

    public void Replay()
    {
        replayed();
        if (Frozen) Noise.State = start;
        work!();
    }

    public void Dispose() => Noise.Dispose();
}
