namespace Reverie.Torch.Capture;

/// <summary>Work of a device that is recorded once and launched as a whole.</summary>
internal interface IGraph : IDisposable
{
    /// <summary>What recorded work draws its random numbers from.</summary>
    Generator Noise { get; }

    /// <summary>Does the work where it will be recorded, so that what libraries do once lies behind them.</summary>
    void WarmUp(Action work);

    /// <summary>Records the work without doing it.</summary>
    /// <exception cref="TorchException">It does what cannot be recorded.</exception>
    void Record(Action work);

    /// <summary>Does what was recorded, with the tensors that it was recorded with as they are now.</summary>
    void Replay();
}
