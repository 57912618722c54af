using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>
/// Flushes a directory entry to disk. .NET flushes files only; after a rename it is the directory that must reach the
/// disk, or a power cut brings the old name back.
/// </summary>
internal static partial class DirectorySync
{
    /// <summary>Flushes <paramref name="directory"/>. Best effort: some file systems refuse, Windows needs none.</summary>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var descriptor = Open(directory, 0);
        if (descriptor < 0)
        {
            return;
        }
        Synchronise(descriptor);
        Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
