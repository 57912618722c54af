using System.Reflection;
using System.Runtime.InteropServices;
using Reverie.Torch.Native;

namespace Reverie.Cli.Pack;

/// <summary>
/// What goes into an archive: the program as it was built here, the .NET runtime that runs it, the sources of the binding
/// to libtorch, the other bindings as they are with the libraries they call, and everybody's licence.
/// </summary>
internal static class PackContents
{
    private const string Libraries = "lib/", Licenses = "licenses/";
    private const string OpenGlLibrary = "libOSMesa.so.8";
    private const string ChartsLicense = "src/Reverie.Cli/Dashboard/Page/dygraphs/LICENSE.txt";
    private static readonly string[] ProgramParts = [".dll", ".json", ".pdb"];
    private static readonly string[] PackedBindings = ["reverie_mujoco", "reverie_box2d"];

    // What the dashboard's small server never loads; the host starts without them.
    private static readonly string[] UnusedWebParts =
    [
        "Microsoft.AspNetCore.Mvc", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Razor",
        "Microsoft.AspNetCore.SignalR", "Microsoft.AspNetCore.Identity", "Microsoft.AspNetCore.Server.IIS",
        "Microsoft.AspNetCore.Server.HttpSys", "Microsoft.AspNetCore.DataProtection", "Microsoft.Extensions.Identity",
        "System.Security.Cryptography.Xml",
    ];

    // Debuggers, collectors that nobody chooses, another language.
    private static readonly string[] UnusedRuntimeParts = ["libmscor", "libclrgc", "Microsoft.VisualBasic"];

    /// <summary>Name of the one folder in the archive.</summary>
    public static string Folder =>
        $"reverie-{Version}-linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private static string Version => typeof(PackContents).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Lists the files.</summary>
    /// <param name="checkout">where the program was built</param>
    /// <param name="openGl">whether OSMesa and what it needs come along</param>
    /// <returns>ordered by name</returns>
    /// <exception cref="ReverieException">something is not there, such as a build</exception>
    public static IReadOnlyList<PackedFile> Of(Checkout checkout, bool openGl) =>
    [
        .. Scripts(checkout.Root)
            .Concat(Program(checkout.Program)).Concat(Runtime()).Concat(NativeParts(openGl))
            .DistinctBy(file => file.Name).OrderBy(file => file.Name, StringComparer.Ordinal),
    ];

    /// <summary>Libraries of the list whose licence was not found.</summary>
    public static IEnumerable<string> WithoutLicense(IReadOnlyList<PackedFile> files)
    {
        var names = files.Select(file => file.Name).ToHashSet();
        return files.Where(file => file.Name.StartsWith(Libraries, StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file.Name)).Where(name => !names.Contains(LicenseOf(name)));
    }

    private static IEnumerable<PackedFile> Scripts(string root)
    {
        yield return new("reverie", Path.Combine(root, "scripts", "packed", "reverie"), Executable: true);
        yield return new("README.md", Path.Combine(root, "scripts", "packed", "README.md"));
        yield return new("CLUSTER.md", Path.Combine(root, "docs", "cluster.md"));
        yield return new("scripts/packed.sh", Path.Combine(root, "scripts", "packed", "packed.sh"));
        yield return new("scripts/setup.sh", Path.Combine(root, "scripts", "setup.sh"));
        yield return new($"{Licenses}packages", Path.Combine(root, "scripts", "packed", "packages.txt"));
        yield return new($"{Licenses}dygraphs", Path.Combine(root, ChartsLicense));
        if (Path.Combine(root, "LICENSE") is var license && File.Exists(license))
            yield return new("LICENSE", license);
        foreach (var source in Directory.GetFiles(Path.Combine(root, "native")))
            yield return new($"native/{Path.GetFileName(source)}", source);
    }

    private static IEnumerable<PackedFile> Program(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetFiles(folder).Where(path => ProgramParts.Contains(Path.GetExtension(path)))
                .Concat(Directory.GetFiles(Path.Combine(folder, "runtimes"), "*.so", SearchOption.AllDirectories))
                .Select(path => new PackedFile($"program/{Path.GetRelativePath(folder, path)}", path))
                .Concat(Directory.GetFiles(Path.Combine(folder, "licenses"))
                    .Select(path => new PackedFile($"{Licenses}{Path.GetFileNameWithoutExtension(path)}", path)))
            : throw new ReverieException($"the program is not built in {folder}; run ./reverie doctor first");

    // The runtime that runs this very program, laid out as its host expects it.
    private static IEnumerable<PackedFile> Runtime()
    {
        var shared = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        var root = Path.GetFullPath(Path.Combine(shared, "..", "..", ".."));
        var hosts = Path.Combine(root, "host", "fxr");
        if (!File.Exists(Path.Combine(root, "dotnet")) || !Directory.Exists(hosts))
            throw new ReverieException($"the .NET runtime in {shared} is not one of an SDK; start pack by ./reverie");
        var own = Path.Combine(hosts, Path.GetFileName(shared));
        var host = Directory.Exists(own) ? own : Directory.GetDirectories(hosts).Max(StringComparer.Ordinal)!;
        yield return new("dotnet/dotnet", Path.Combine(root, "dotnet"), Executable: true);
        var web = Path.GetDirectoryName(typeof(Microsoft.AspNetCore.Builder.WebApplication).Assembly.Location)!;
        foreach (var file in Directory.GetFiles(host).Concat(Without(UnusedRuntimeParts, shared))
            .Concat(Without(UnusedWebParts, web)))
            yield return new($"dotnet/{Path.GetRelativePath(root, file)}", file);
        foreach (var notice in Directory.GetFiles(root, "*.txt"))
            yield return new($"{Licenses}dotnet-{Path.GetFileName(notice)}", notice);
    }

    private static IEnumerable<string> Without(string[] parts, string folder) =>
        Directory.GetFiles(folder).Where(path =>
            !Array.Exists(parts, part => Path.GetFileName(path).StartsWith(part, StringComparison.Ordinal)));

    private static IEnumerable<PackedFile> NativeParts(bool openGl)
    {
        foreach (var name in PackedBindings)
        {
            var binding = NativeLibraries.Find(name)
                ?? throw new ReverieException($"lib{name}.so is not built; run ./reverie doctor first");
            yield return new($"program/{Path.GetFileName(binding)}", binding);
            foreach (var file in SharedLibraries.NeededBy(binding).SelectMany(path => WithItsLicense(Libraries, path)))
                yield return file;
        }
        if (!openGl)
            yield break;
        var drawing = SharedLibraries.Installed(OpenGlLibrary)
            ?? throw new ReverieException($"--opengl: {OpenGlLibrary} is not here; apt-get install libosmesa6");
        foreach (var path in SharedLibraries.NeededBy(drawing).Prepend(drawing))
            foreach (var file in WithItsLicense($"{Libraries}opengl/", path))
                yield return file;
    }

    private static IEnumerable<PackedFile> WithItsLicense(string folder, string library)
    {
        yield return new($"{folder}{Path.GetFileName(library)}", library);
        if (SharedLibraries.LicenseOf(library) is { } license)
            yield return new(LicenseOf(Path.GetFileName(library)), license);
    }

    private static string LicenseOf(string library) => $"{Licenses}{library}";
}
