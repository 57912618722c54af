using System.Diagnostics;
using System.Text;

namespace Reverie.Tests.Cli;

/// <summary>The command line in a process of its own, which can be signalled and starved. It begins with the signals that
/// a shell at a terminal would give it: tests may be started in the background or by <c>nohup</c>, where some are
/// ignored.</summary>
internal sealed class CliProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly Process process;
    private readonly StringBuilder output = new(), error = new();

    private CliProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            lock (output)
                output.AppendLine(line.Data);
        };
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasExited => process.HasExited;

    /// <summary>What it wrote, complete once <see cref="Wait"/> has returned.</summary>
    public (int Code, string Output, string Error) Result =>
        (process.ExitCode, output.ToString().TrimEnd(), error.ToString().TrimEnd());

    /// <summary>The assembly of the command line, beside that of the tests.</summary>
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "reverie-cli.dll");

    public static CliProcess Start(params string[] arguments) =>
        new(Information("dotnet", [Assembly, .. arguments]));

    /// <summary>Starts it with signals ignored, as <c>nohup</c> does.</summary>
    /// <param name="signals">Their names without SIG, with commas between.</param>
    /// <param name="arguments">The words after the program's name.</param>
    public static CliProcess StartIgnoring(string signals, params string[] arguments) =>
        new(Information("env", [$"--ignore-signal={signals}", "dotnet", Assembly, .. arguments]));

    /// <summary>Starts it under a shell that first does <paramref name="preparation"/>.</summary>
    public static CliProcess StartAfter(string preparation, params string[] arguments) =>
        new(Information("bash", ["-c", $"{preparation}; exec dotnet \"$@\"", "bash", Assembly, .. arguments]));

    /// <summary>Runs the assembly at <paramref name="assembly"/> with variables of the environment set.</summary>
    public static CliProcess StartWith(string assembly, (string Name, string Value) variable, params string[] arguments)
    {
        var start = Information("dotnet", [assembly, .. arguments]);
        start.Environment[variable.Name] = variable.Value;
        return new CliProcess(start);
    }

    /// <summary>Waits until it has written that to standard output.</summary>
    public void WaitForOutput(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Written().Contains(text, StringComparison.Ordinal))
        {
            if (process.HasExited || clock.Elapsed > Patience)
                Assert.Fail($"it did not write '{text}':\n{Written()}\n{error}");
            Thread.Sleep(20);
        }

        string Written()
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Sends a signal.</summary>
    /// <param name="name">Without SIG.</param>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public (int Code, string Output, string Error) Wait()
    {
        if (!process.WaitForExit(Patience))
        {
            Kill();
            Assert.Fail($"it did not end:\n{output}\n{error}");
        }
        process.WaitForExit();    // without a limit it also waits for the end of both streams
        return Result;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }

    private static ProcessStartInfo Information(string program, IEnumerable<string> arguments) =>
        new("env", ["--default-signal=INT,QUIT,HUP,TERM,USR1,USR2,XCPU,XFSZ", program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
}
