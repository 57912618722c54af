using System.Reflection;
using System.Runtime.InteropServices;

namespace Reverie.Torch.Native;

/// <summary>
/// Finds the native part: <c>REVERIE_NATIVE</c> where it is set, then beside the program, then where packages put it
/// (<c>runtimes/linux-x64/native</c> there), then <c>build/native</c> of the checkout that the program lies in.
/// </summary>
/// <remarks>What is missing or does not fit is a <see cref="NativeException"/> at each call that needs it: it is found out
/// while the runtime looks for the library, not in a static constructor, whose exception would hide in a
/// <see cref="TypeInitializationException"/>. Thread-safe.</remarks>
public static class NativeLibraries
{
    /// <summary>The variable that names a folder to look into first.</summary>
    public const string Variable = "REVERIE_NATIVE";

    private static readonly Dictionary<Assembly, List<NativePart>> Registered = [];
    private static readonly string Platform =
        $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Lets <c>LibraryImport</c> of <paramref name="assembly"/> find a part by its short name. A static constructor
    /// calls it and does nothing else: what one throws hides in a <see cref="TypeInitializationException"/>.</summary>
    /// <returns>The part.</returns>
    public static NativePart Register(Assembly assembly, NativePart part)
    {
        lock (Registered)
        {
            if (Registered.TryGetValue(assembly, out var parts))
            {
                parts.Add(part);
                return part;
            }
            Registered.Add(assembly, [part]);
            NativeLibrary.SetDllImportResolver(assembly, Resolve);
            return part;
        }
    }

    /// <summary>Folders that are looked through, in order.</summary>
    public static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
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
        NativePart? part;
        lock (Registered)
            part = Registered[assembly].Find(one => one.Name == name);
        return part?.Open() ?? 0;    // 0: as the runtime would
    }
}
