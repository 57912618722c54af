using System.Runtime.InteropServices;

namespace Reverie.Tests.Torch.Native;

/// <summary>oneDNN, which libtorch multiplies bfloat16 with.</summary>
public sealed partial class OneDnnTests
{
    private const string Library = "libdnnl.so.2", Variable = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

    /// <summary>Version 2.6.3 reads freed memory, and ends the process, where a kernel that had to leave is wanted again by several
    /// threads at once.</summary>
    [FactOfDebian12]
    public void KernelsOfAllShapesOfAProcessHaveRoom()
    {
        Assert.NotEmpty(Reverie.Torch.Torch.Version);       // loads libtorch, before which the variable is set
        Assert.Equal(0, Room(out var kernels));
        Assert.Equal(int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "16384"), kernels);
    }

    [LibraryImport(Library, EntryPoint = "dnnl_get_primitive_cache_capacity")]
    private static partial int Room(out int kernels);

    private sealed class FactOfDebian12Attribute : FactAttribute
    {
        public FactOfDebian12Attribute()
        {
            if (!NativeLibrary.TryLoad(Library, out _)) Skip = $"there is no {Library}: oneDNN of that version is not used here";
        }
    }
}
