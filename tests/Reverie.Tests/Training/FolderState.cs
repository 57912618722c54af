using System.Security.Cryptography;

namespace Reverie.Tests.Training;

/// <summary>Every file of a folder by its name, with a hash of what is in it: what a refusal must not change.</summary>
internal static class FolderState
{
    public static SortedDictionary<string, string> Of(string folder)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories))
            state[Path.GetRelativePath(folder, path)] = Directory.Exists(path) ? "folder"
                : IsPlain(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "no file";
        return state;
    }

    /// <summary>Puts something in the place of a file that is no file of its kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind"><c>folder</c>, <c>pipe</c>, <c>hole</c> or <c>gone</c>.</param>
    public static void Replace(string path, string kind)
    {
        if (kind == "hole")
        {
            using var grown = new FileStream(path, FileMode.Open);
            grown.SetLength(10L << 30);
            return;
        }
        File.Delete(path);
        if (kind == "folder")
            Directory.CreateDirectory(path);
        if (kind != "pipe")
            return;
        using var made = System.Diagnostics.Process.Start("mkfifo", path);
        made.WaitForExit();
    }

    private static bool IsPlain(string path)
    {
        try
        {
            using var file = Reverie.Torch.IO.RegularFile.OpenRead(path, 1L << 30);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
