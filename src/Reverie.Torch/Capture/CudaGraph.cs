using Reverie.Torch.Native;

namespace Reverie.Torch.Capture;

/// <summary>A CUDA graph: hundreds of kernels for one launch.</summary>
internal sealed class CudaGraph : IGraph
{
    private readonly nint handle;

    public CudaGraph(Device device)
    {
        handle = TorchBinding.NewGraph(device);
        Noise = Generator.Default(device);
    }

    public Generator Noise { get; }

    /// <summary>Why a device has none, or null where it has.</summary>
    public static string? Lack(Device device) => !device.IsCuda ? $"{device} is no CUDA device"
        : TorchBinding.HasGraphs ? null
        : "the native part was built without CUDA's headers (cuda_runtime_api.h); install them and build it anew";

    public void WarmUp(Action work) => Inside(work);

    public void Record(Action work) => Inside(() =>
    {
        TorchBinding.BeginGraph(handle);
        try
        {
            work();
        }
        catch (TorchException)
        {
            TorchBinding.AbandonGraph(handle);
            throw;
        }
        TorchBinding.EndGraph(handle);
    });

    public void Replay() => TorchBinding.ReplayGraph(handle);

    public void Dispose()
    {
        TorchBinding.FreeGraph(handle);
        Noise.Dispose();
    }

    private void Inside(Action work)
    {
        TorchBinding.EnterGraph(handle);
        try
        {
            work();
        }
        finally
        {
            TorchBinding.LeaveGraph(handle);
        }
    }
}
