using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Reverie.Cli.Bench;

/// <summary>The native part of ONNX Runtime, which this program does not carry: beside the program, or where NuGet keeps
/// packages, as the tests of a checkout have fetched it.</summary>
internal static class OnnxNative
{
    private const string Package = "microsoft.ml.onnxruntime", Library = "libonnxruntime.so";
    private static bool looks;

    /// <summary>What to say where it is missing.</summary>
    public static string Missing => $"the native part of ONNX Runtime is not in {Packages}: `dotnet restore tests/Reverie.Tests` "
        + "in a checkout fetches it";

    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Has it looked for where it is not beside the program.</summary>
    public static void Find()
    {
        if (looks) return;
        looks = true;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            name.StartsWith("onnxruntime", StringComparison.Ordinal) && Newest() is { } path ? NativeLibrary.Load(path) : 0;
    }

    private static string? Newest()
    {
        var versions = Path.Combine(Packages, Package);
        return !Directory.Exists(versions) ? null : Directory.GetDirectories(versions)
            .Where(folder => Version.TryParse(Path.GetFileName(folder), out _))
            .OrderByDescending(folder => Version.Parse(Path.GetFileName(folder)))
            .Select(folder => Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", Library))
            .FirstOrDefault(File.Exists);
    }
}
