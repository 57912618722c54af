using System.Formats.Tar;
using System.IO.Compression;
using Reverie.Torch.IO;

namespace Reverie.Cli.Pack;

/// <summary>Writes files into a compressed archive, whole or not at all.</summary>
internal static class PackArchive
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.OtherRead;
    private const UnixFileMode Startable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <summary>Writes <c>path</c> under a temporary name and renames it.</summary>
    /// <param name="path">a .tar.gz</param>
    /// <param name="folder">the one folder that everything is in</param>
    /// <param name="files">in the order of the archive</param>
    /// <param name="stop">Ctrl-C: nothing is left behind</param>
    /// <exception cref="IOException">a file cannot be read, or the archive not be written</exception>
    public static void Write(string path, string folder, IEnumerable<PackedFile> files, CancellationToken stop) =>
        AtomicFile.Write(path, stream =>
        {
            using var compressed = new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true);
            using var tar = new TarWriter(compressed, TarEntryFormat.Ustar, leaveOpen: true);
            foreach (var file in files)
            {
                stop.ThrowIfCancellationRequested();
                using var content = File.OpenRead(file.Source);
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{folder}/{file.Name}")
                {
                    DataStream = content,
                    Mode = file.Executable ? Startable : Readable,
                    ModificationTime = File.GetLastWriteTimeUtc(file.Source),
                });
            }
        });
}
