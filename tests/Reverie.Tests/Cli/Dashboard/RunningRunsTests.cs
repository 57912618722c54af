using System.Diagnostics;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class RunningRunsTests : IDisposable
{
    private const int Hidden = 70, Seen = 71;

    private readonly TemporaryDirectory disk = new();

    public void Dispose() => disk.Dispose();

    [Fact]
    public void AProcessThatMayBeLookedAtWorksOnWhatItHasOpen()
    {
        var (run, other) = (Run("run"), Run("other"));
        var running = Find((Seen, Inode(run)));
        Assert.Equal((true, false), (running.WorkOn(run), running.WorkOn(other)));
    }

    [Fact]
    public void LocksOfOtherUsersAreNoReasonToDoubtRunsThatTheyAreNotOf()
    {
        var (run, other, without) = (Run("run"), Run("other"), disk["without"]);
        var running = Find((Hidden, Inode(other)));
        Assert.Equal((false, null, false), (running.WorkOn(run), running.WorkOn(other), running.WorkOn(without)));
    }

    [Fact]
    public void NobodyKnowsWhereTheKernelHasNoList()
    {
        var run = Run("run");
        Assert.Null(RunningRuns.Find(disk["locks"], disk.Path).WorkOn(run));
        File.WriteAllText(disk["locks"], "1: FLOCK  ADVISORY  WRITE who? 08:01:12 0 EOF\n");
        Assert.Null(RunningRuns.Find(disk["locks"], disk.Path).WorkOn(run));
    }

    private RunningRuns Find(params (int Process, string Inode)[] locks)
    {
        File.WriteAllLines(disk["locks"],
        [
            "1: POSIX  ADVISORY  WRITE 69 00:18:1 0 EOF", "2: -> FLOCK  ADVISORY  WRITE 68 00:18:2 0 EOF",
            .. locks.Select(one => $"3: FLOCK  ADVISORY  WRITE {one.Process} fd:00:{one.Inode} 0 EOF"),
        ]);
        return RunningRuns.Find(disk["locks"], disk.Path);
    }

    // One that the process that may be looked at has open, where it is the first.
    private string Run(string name)
    {
        var run = Directory.CreateDirectory(disk[name]).FullName;
        File.WriteAllText(Path.Combine(run, "run.lock"), "");
        var open = Directory.CreateDirectory(disk[$"{Seen}/fd"]).FullName;
        if (!Path.Exists(Path.Combine(open, "3")))
            File.CreateSymbolicLink(Path.Combine(open, "3"), Path.Combine(run, "run.lock"));
        return run;
    }

    private static string Inode(string run)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%i", Path.Combine(run, "run.lock")])
            { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}
