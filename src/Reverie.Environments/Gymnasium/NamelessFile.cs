using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reverie.Environments.Gymnasium;

/// <summary>A file in memory that stands in no folder, and is gone with the last process that has it open.</summary>
internal static partial class NamelessFile
{
    private const uint CloseOnExec = 1;

    /// <summary>Makes one, of zeros. Its memory is taken at once, so that nobody finds it missing while
    /// writing.</summary>
    /// <param name="name">For whoever looks into <c>/proc</c>.</param>
    /// <param name="bytes">Its length.</param>
    /// <exception cref="ReverieException">There is no memory for it.</exception>
    public static SafeFileHandle Create(string name, long bytes)
    {
        var descriptor = Open(name, CloseOnExec);
        if (descriptor < 0)
            throw new EnvironmentException("no memory can be shared with another process here: "
                + Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Reserve(descriptor, 0, (nint)bytes) is var error and not 0)
        {
            handle.Dispose();
            throw new EnvironmentException(
                $"{bytes:#,0} bytes cannot be shared with another process: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        return handle;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8,
        SetLastError = true)]
    private static partial int Open(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Reserve(int descriptor, nint from, nint bytes);
}
