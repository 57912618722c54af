using System.Security.Cryptography;
using System.Text;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>Runs that nothing disturbed, each made once for all tests of a class.</summary>
public sealed class FinishedRuns : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>What the undisturbed run of that configuration comes to.</summary>
    internal SortedDictionary<string, string> Content(params string[] set) => RunContent.Of(PathOf(set));

    /// <summary>Gives a test a run of its own, as if it had just finished.</summary>
    internal void CopyTo(string path, params string[] set) => Copy(PathOf(set), path);

    /// <summary>Copies what is on the disk of a run at this moment, at work or not.</summary>
    internal static void Copy(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            if (path.EndsWith(".lock"))
                continue;
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    private string PathOf(string[] set)
    {
        // Settings in a row may be longer than a name can be.
        var path = folder[Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', set))))];
        if (Directory.Exists(path))
            return path;
        BarEnvironment.Register();
        TinyRun.Complete(path, set);
        return path;
    }
}
