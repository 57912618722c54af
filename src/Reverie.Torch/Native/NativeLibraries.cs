using System.Reflection;
using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>
/// Finds the native part: <c>REVERIE_NATIVE</c> where it is set, then beside the program, then where packages put it
/// (<c>runtimes/linux-x64/native</c> there), then <c>build/native</c> of the checkout that the program lies in.
/// </summary>
public static class NativeLibraries
{
    private static readonly HashSet<Assembly> Registered = [];
    private static readonly string Platform =
        $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Lets <c>LibraryImport</c> of <paramref name="assembly"/> find the doors by their short names; asking
    /// again changes nothing.</summary>
    public static void Register(Assembly assembly)
    {
        lock (Registered)
            if (Registered.Add(assembly))
                NativeLibrary.SetDllImportResolver(assembly, Resolve);
    }

    /// <summary>Folders that are looked through, in order.</summary>
    public static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("REVERIE_NATIVE") is { Length: > 0 } named)
            yield return named;
        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", Platform, "native");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Reverie.slnx")))
                yield return Path.Combine(folder.FullName, "build", "native");
    }

    /// <summary>Path of the library of that short name (<c>reverie_torch</c>), or null where there is none.</summary>
    public static string? Find(string name) =>
        Folders().Select(folder => Path.Combine(folder, $"lib{name}.so")).FirstOrDefault(File.Exists);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!name.StartsWith("reverie_", StringComparison.Ordinal))
            return 0;
        var found = Find(name) ?? throw new DllNotFoundException(
            $"the native part lib{name}.so was not found; build it with ./reverie doctor (of a package: from its "
            + "folder native), or point REVERIE_NATIVE at its folder");
        return NativeLibrary.Load(found);
    }
}
