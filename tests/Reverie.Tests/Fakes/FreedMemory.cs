using System.Runtime.InteropServices;

namespace Reverie.Tests.Fakes;

/// <summary>What libtorch has freed and the process keeps for more of the same size, so that hundreds of tests of all sizes in one
/// process would come to hold gigabytes.</summary>
internal static partial class FreedMemory
{
    /// <summary>Gives it back to the system.</summary>
    public static void GiveBack() => _ = Trim(0);

    [LibraryImport("libc", EntryPoint = "malloc_trim")] private static partial int Trim(nuint kept);
}
