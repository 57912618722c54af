using System.Diagnostics;

namespace Reverie.Tests.Cli;

/// <summary>The processes of a run that several work on, each found by what it was started with.</summary>
internal static class RankProcess
{
    /// <summary>Sends a signal to one of them.</summary>
    /// <param name="run">The run's folder, which stands in the command.</param>
    /// <param name="signal">Its name without SIG.</param>
    /// <param name="rank">Which process.</param>
    public static void Signal(string run, string signal, int rank)
    {
        var process = Directory.GetDirectories("/proc").Where(path => Path.GetFileName(path).All(char.IsAsciiDigit))
            .Single(path => Read(path, "cmdline").Contains(run, StringComparison.Ordinal)
                && Read(path, "environ").Split('\0').Contains($"RANK={rank}"));
        using var kill = Process.Start("kill", [$"-{signal}", Path.GetFileName(process)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits until a run has a checkpoint of so many updates.</summary>
    public static void WaitForCheckpoint(string run, int updates, CliProcess process)
    {
        var awaited = Path.Combine(run, "checkpoints", $"{updates:D9}");
        for (var watch = Stopwatch.StartNew(); !Directory.Exists(awaited); Thread.Sleep(1))
            Assert.True(!process.HasExited && watch.Elapsed.TotalMinutes < 3,
                $"{awaited} did not appear\n{(process.HasExited ? process.Result : default)}");
    }

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";      // it is gone, or somebody else's
        }
    }
}
