using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reverie.Torch.Native;

/// <summary>Opens a path without waiting for whoever is at the other end of a pipe, and tells what it is. .NET's own way
/// hangs on a pipe that nobody writes to.</summary>
internal static unsafe partial class OpenFile
{
    private const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const uint TypeAndSize = 0x1 | 0x200;
    private const int ModeAt = 28, SizeAt = 40, StatxBytes = 256;    // of struct statx, alike on every processor
    private const int KindMask = 0xF000, Regular = 0x8000, Folder = 0x4000, Pipe = 0x1000, Socket = 0xC000;
    private const int NoEntry = 2, NoAccess = 13, NotAFolder = 20;

    /// <summary>A handle for reading.</summary>
    /// <param name="path">What to open; links are followed.</param>
    /// <param name="kind">Null for a regular file, else what it is, in words.</param>
    /// <param name="bytes">Its length.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Read(string path, out string? kind, out long bytes)
    {
        var descriptor = Open(path, ReadOnly | NonBlocking | CloseOnExec);
        if (descriptor < 0)
            throw Refused(path, Marshal.GetLastPInvokeError());
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var facts = stackalloc byte[StatxBytes];
        if (Statx(descriptor, "", EmptyPath, TypeAndSize, facts) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw Refused(path, error);
        }
        kind = (*(ushort*)(facts + ModeAt) & KindMask) switch
        {
            Regular => null,
            Folder => "a folder",
            Pipe => "a pipe",
            Socket => "a socket",
            _ => "a device",
        };
        bytes = *(long*)(facts + SizeAt);
        return handle;
    }

    private static Exception Refused(string path, int error) => error switch
    {
        NoEntry => new FileNotFoundException($"{path}: there is no such file", path),
        NotAFolder => new DirectoryNotFoundException($"{path}: there is no such file"),
        NoAccess => new UnauthorizedAccessException($"{path}: may not be read (permission denied)"),
        _ => new IOException($"{path}: cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}"),
    };

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* facts);
}
