using System.Diagnostics;
using Reverie.Cli;
using Reverie.Tests.Fakes;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Documents;

/// <summary>The page's script for Slurm, with stand-ins for Slurm's two commands.</summary>
public sealed class ClusterScriptTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(130, "")]
    [InlineData(143, "requeue 77")]
    public void TheScriptGoesOnAfterAStopAndOnlyThen(int code, string asked)
    {
        Tool("srun", $"echo \"$*\" >started\nexit {code}");
        Tool("scontrol", "echo \"$*\" >asked");
        var start = new ProcessStartInfo("bash", ["-c", Script()]) { WorkingDirectory = "/" };
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SLURM_SUBMIT_DIR"] = folder.Path;
        start.Environment["SLURM_JOB_ID"] = "77";
        using var job = Process.Start(start)!;
        job.WaitForExit();
        Assert.Equal(code, job.ExitCode);
        Assert.Equal(asked, File.Exists(folder["asked"]) ? File.ReadAllText(folder["asked"]).Trim() : "");
        var words = File.ReadAllText(folder["started"]).Trim().Split(' ');
        Assert.Equal("./reverie", words[0]);
        Assert.Empty(CommandLine.Root().Parse(words[1..]).Errors);
    }

    private void Tool(string name, string body)
    {
        File.WriteAllText(folder[name], $"#!/bin/sh\ncd '{folder.Path}'\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder[name], (UnixFileMode)0b111_101_101);
    }

    private static string Script()
    {
        var lines = File.ReadLines(Path.Combine(SetupSandbox.Checkout, "docs/cluster.md"))
            .SkipWhile(line => line != "    #!/bin/bash")
            .TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..]).ToArray();
        Assert.True(lines.Length > 5, "docs/cluster.md has no script for Slurm");
        return string.Join('\n', lines);
    }
}
