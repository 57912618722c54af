using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Reverie.Cli.Surroundings;

/// <summary>The limits of a process (<c>ulimit</c>) under which nothing here would work. They are looked at first, since
/// below them .NET and OpenMP fail in the middle, with a stack or without a word, and OpenBLAS asks for its 128 MB again
/// and again, for ever.</summary>
/// <remarks>Of .NET this uses no more than the core library: where few files may be open no other can be loaded.
/// <c>scripts/setup.sh</c> looks at the same limits before .NET is started at all.</remarks>
internal static class ProcessLimits
{
    private const string OfThisProcess = "/proc/self/limits";

    /// <summary>The limit's name in <c>/proc</c>, the option of <c>ulimit</c>, what is needed at least, and how much of
    /// the former is one of the latter.</summary>
    internal static readonly (string Name, string Option, long Needed, long Unit)[] Demands =
    [
        ("Max open files", "-n", 256, 1),
        ("Max processes", "-u", 64, 1),
        ("Max data size", "-d", 2_000_000, 1024),
        ("Max address space", "-v", 4_000_000, 1024),
        ("Max stack size", "-s", 1024, 1024),
    ];

    /// <summary>The line that says which limit is too low; null where none is, or the system does not tell.</summary>
    public static string? Complaint() =>
        File.Exists(OfThisProcess)
            ? Complaint(File.ReadAllLines(OfThisProcess), Environment.IsPrivilegedProcess)
            : null;

    /// <summary>The same of given lines.</summary>
    /// <param name="lines">As <c>/proc/self/limits</c> has them.</param>
    /// <param name="privileged">Whether the user may start as many processes as it likes.</param>
    internal static string? Complaint(string[] lines, bool privileged)
    {
        foreach (var (name, option, needed, unit) in Demands)
            foreach (var line in lines)
                if (line.StartsWith(name, StringComparison.Ordinal) && !(privileged && option == "-u")
                    && Soft(line, name) is { } limit && limit / unit < needed)
                    return $"reverie: {name["Max ".Length..]}: the limit is {limit / unit}, {needed} are needed; "
                        + $"raise it with `ulimit {option} {needed}`, or ask who set it";
        return null;
    }

    /// <summary>Writes a line to standard error.</summary>
    public static void Tell(string line)
    {
        if (!StandardWriter.IsInherited(2))
            return;
        try
        {
            using var handle = new SafeFileHandle(2, ownsHandle: false);
            using var error = new FileStream(handle, FileAccess.Write, bufferSize: 0);
            error.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException || StandardWriter.IsTooLarge(fault))
        {
            // The exit code alone is left to say it.
        }
    }

    // The first figure after the name; null for `unlimited`.
    private static long? Soft(string line, string name)
    {
        var rest = line.AsSpan(name.Length).TrimStart();
        var end = rest.IndexOf(' ');
        return long.TryParse(end < 0 ? rest : rest[..end], out var value) ? value : null;
    }
}
