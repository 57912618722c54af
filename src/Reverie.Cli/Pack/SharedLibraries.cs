using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Reverie.Cli.Pack;

/// <summary>Shared libraries of this machine, as its loader and its package manager know them.</summary>
internal static partial class SharedLibraries
{
    // A copy of these would meet the machine's own in one process, and every machine has them.
    private static readonly string[] Everywhere =
        ["linux-vdso", "ld-linux", "libc.", "libm.", "libdl.", "librt.", "libpthread.", "libstdc++.", "libgcc_s."];

    /// <summary>Paths of all that the loader would load with <paramref name="library"/>, apart from what the C and C++
    /// libraries bring.</summary>
    /// <exception cref="ReverieException">one of them is missing</exception>
    public static IReadOnlyList<string> NeededBy(string library) => Parse(library, Answer("ldd", library) ?? "");

    /// <summary>Paths in what <c>ldd</c> prints of <paramref name="library"/>.</summary>
    /// <exception cref="ReverieException">one of them is missing</exception>
    public static IReadOnlyList<string> Parse(string library, string answer)
    {
        var needed = Needed().Matches(answer)
            .Select(match => (Name: match.Groups[1].Value, At: match.Groups[2].Value))
            .Where(one => !Everywhere.Any(known => one.Name.StartsWith(known, StringComparison.Ordinal))).ToArray();
        if (needed.FirstOrDefault(one => one.At == "not found") is { Name: { } missing })
            throw new ReverieException($"{library} needs {missing}, which is not on this machine");
        return [.. needed.Select(one => one.At)];
    }

    /// <summary>Path of the library of that file name, or null where the loader knows none.</summary>
    public static string? Installed(string name)
    {
        var known = Answer("ldconfig", "-p") ?? Answer("/sbin/ldconfig", "-p") ?? "";
        return known.Split('\n').FirstOrDefault(line => line.TrimStart().StartsWith(name + ' ', StringComparison.Ordinal))
            is { } line ? line[(line.LastIndexOf(' ') + 1)..] : null;
    }

    /// <summary>The licence that came with a library: of its Debian package, or of the folder it was unpacked in; null
    /// where there is none.</summary>
    public static string? LicenseOf(string library)
    {
        var file = new FileInfo(library);
        var real = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
        // Where /lib is a link to /usr/lib, packages name their files either way.
        foreach (var path in (string[])[real, "/usr" + real])
            if (Answer("dpkg-query", "-S", path)?.Split(':')[0] is { Length: > 0 } package
                && $"/usr/share/doc/{package}/copyright" is var notice && File.Exists(notice))
                return notice;
        var unpacked = Path.Combine(Path.GetDirectoryName(real)!, "..", "LICENSE");
        return File.Exists(unpacked) ? unpacked : null;
    }

    // What the program prints; null where it is not there or fails.
    private static string? Answer(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["LC_ALL"] = "C" },
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            error.Wait();
            return process.ExitCode == 0 ? answer : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^\s*(\S+) => (not found|\S+)", RegexOptions.Multiline)]
    private static partial Regex Needed();
}
