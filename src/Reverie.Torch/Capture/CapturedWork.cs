using Microsoft.Extensions.Logging;

namespace Reverie.Torch.Capture;

/// <summary>
/// Work on tensors of fixed shapes that is done again and again, which a CUDA graph can do with one launch. It is done
/// as written a few times, then recorded, then compared once with itself as written, and replayed from there on. Where
/// it cannot be recorded, or comes to something else, it stays as written and one line says why.
/// </summary>
/// <remarks>Recorded work may read its inputs, its noise and tensors that stay where they are (parameters, moments),
/// and change the latter in place. Numbers of the host are frozen into it: what changes from one time to the next must
/// come in a tensor, and what stays for long in the name of its kind.</remarks>
public sealed class CapturedWork : IDisposable
{
    /// <summary>Times that work is done as written before it is recorded.</summary>
    public const int WarmUps = 3;

    /// <summary>Kinds, by name and shapes, that are recorded; each keeps the memory that it needs.</summary>
    public const int MostKinds = 8;

    private readonly string name;
    private readonly ILogger logger;
    private readonly Dictionary<string, Recorded> kinds = [];
    private Func<IGraph>? graphs;

    /// <summary>Makes it; nothing is recorded yet.</summary>
    /// <param name="name">What a line to the user calls the work.</param>
    /// <param name="device">Where it is done. Only CUDA devices have graphs.</param>
    /// <param name="logger">Takes the line that says why there is no graph.</param>
    public CapturedWork(string name, Device device, ILogger logger)
        : this(name, device.IsCuda ? () => new CudaGraph(device) : null, logger)
    {
        if (device.IsCuda && Lack(device) is { } reason) GiveUp(reason);
    }

    /// <summary>The same, with an action that takes the lines.</summary>
    public CapturedWork(string name, Device device, Action<string> report)
        : this(name, device, new LineLogger(report))
    {
    }

    /// <summary>Why nothing can be recorded on a device, or null where it can.</summary>
    public static string? Lack(Device device) => CudaGraph.Lack(device);

    internal CapturedWork(string name, Func<IGraph>? graphs, ILogger logger) =>
        (this.name, this.graphs, this.logger) = (name, graphs, logger);

    /// <summary>False where the work is always done as written.</summary>
    public bool IsCaptured => graphs is not null;

    /// <summary>Does the work.</summary>
    /// <param name="kind">What else decides it beside the shapes.</param>
    /// <param name="inputs">What differs from one time to the next.</param>
    /// <param name="changes">Every tensor that it changes in place.</param>
    /// <param name="noise">Where random numbers come from; afterwards it stands where it would have come to.</param>
    /// <param name="work">From inputs and noise to outputs. It may keep nothing of the call around it.</param>
    /// <returns>The outputs, in the scope that is open.</returns>
    public Tensor[] Run(string kind, Tensor[] inputs, IReadOnlyList<Tensor> changes, Generator noise,
        Func<Tensor[], Generator, Tensor[]> work)
    {
        if (graphs is null) return work(inputs, noise);
        var key = string.Join(' ', [kind, .. inputs.Select(input => $"{input.DType}{input.ShapeText}")]);
        if (!kinds.TryGetValue(key, out var one))
        {
            if (kinds.Count == MostKinds)
            {
                GiveUp($"it comes in more than {MostKinds} kinds, the last of them '{key}'");
                return work(inputs, noise);
            }
            kinds[key] = one = new Recorded(graphs(), work);
        }
        try
        {
            return one.Run(inputs, changes, noise);
        }
        catch (Unrecordable reason)
        {
            GiveUp(reason.Message);
            return reason.Result ?? work(inputs, noise);
        }
    }

    /// <summary>Frees what was recorded.</summary>
    public void Dispose()
    {
        foreach (var one in kinds.Values) one.Dispose();
        kinds.Clear();
    }

    private void GiveUp(string reason)
    {
        Dispose();
        graphs = null;
        logger.Warn($"{name} goes without a CUDA graph: {reason}");
    }
}
