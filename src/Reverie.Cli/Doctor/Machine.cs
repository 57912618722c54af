using System.Globalization;

namespace Reverie.Cli.Doctor;

/// <summary>What Linux tells of the machine.</summary>
internal static class Machine
{
    /// <summary>Name of the processor, or null where the system does not tell.</summary>
    public static string? Processor { get; } = CpuInfo("model name");

    /// <summary>Memory that a new process can have, in bytes: what is free, or the limit of the container.</summary>
    public static long AvailableMemory => Math.Min(
        MemInfo("MemAvailable") ?? long.MaxValue, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Bytes that can still be written where <paramref name="path"/> is.</summary>
    public static long FreeDisk(string path) => new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace;

    private static string? CpuInfo(string key) => Field("/proc/cpuinfo", key);

    private static long? MemInfo(string key) =>
        Field("/proc/meminfo", key) is { } text
        && long.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : null;

    private static string? Field(string file, string key)
    {
        if (!File.Exists(file))
            return null;
        var line = File.ReadLines(file).FirstOrDefault(one => one.StartsWith(key, StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim();
    }
}
