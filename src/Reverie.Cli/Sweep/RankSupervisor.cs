using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Reverie.Cli.Display;

namespace Reverie.Cli.Sweep;

/// <summary>Starts the ranks of a run on this machine, a process each with its share of the cores, and looks after them: where one
/// ends by a fault the others, which would wait for it, are ended too.</summary>
internal sealed partial class RankSupervisor
{
    private const int Terminate = 15, Kill = 9, BySignal = 128;

    // The others may say why themselves, and save nothing any more.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private readonly Report report;
    private readonly HashSet<string> said = [];
    private readonly ConcurrentDictionary<int, Process> processes = [];
    private readonly BlockingCollection<(int Rank, int Code)> ends = [];

    private RankSupervisor(Report report) => this.report = report;

    /// <summary>Runs a command as several ranks.</summary>
    /// <param name="words">of the command</param>
    /// <param name="count">how many ranks</param>
    /// <param name="report">takes what the first rank says, and what is wrong with any</param>
    /// <param name="stop">asks all of them to stop</param>
    /// <returns>the code to end with</returns>
    public static int Run(IReadOnlyList<string> words, int count, Report report, CancellationToken stop) =>
        new RankSupervisor(report).Work(words, count, stop);

    private int Work(IReadOnlyList<string> words, int count, CancellationToken stop)
    {
        var port = Environment.GetEnvironmentVariable("MASTER_PORT") is { Length: > 0 } named ? named
            : FreePort().ToString(CultureInfo.InvariantCulture);
        var cores = Cores.Allowed();
        for (var rank = 0; rank < count; rank++)
        {
            var variables = new Dictionary<string, string>
            {
                ["RANK"] = Text(rank), ["WORLD_SIZE"] = Text(count), ["LOCAL_RANK"] = Text(rank), ["LOCAL_WORLD_SIZE"] = Text(count),
                ["MASTER_ADDR"] = "127.0.0.1", ["MASTER_PORT"] = port,
            };
            var (number, mine) = (rank, ReverieProgram.CanPin ? Cores.Of(cores, rank, count, 0) : null);
            // The thread lives as long as the process: its end is what the system tells the other of.
            new Thread(() => One(words, number, mine, variables)) { Name = $"rank {rank}", IsBackground = true }.Start();
        }
        using var asked = stop.Register(() => Signal(Terminate));
        var (code, failed) = (0, false);
        for (var left = count; left > 0; left--)
        {
            var (rank, its) = ends.Take(CancellationToken.None);
            if (its == 0) continue;
            if (its >= BySignal && stop.IsCancellationRequested || its == CommandLine.Stopped)
            {
                if (!failed) code = CommandLine.Stopped;
                continue;
            }
            if (failed) continue;
            (code, failed) = (1, true);
            if (its > BySignal) Complain($"reverie: rank {rank} of {count} was ended by signal {its - BySignal}"
                + $"{(its - BySignal == Kill ? " (SIGKILL; memory was used up, perhaps)" : "")}; the same command goes on from the "
                + "last checkpoint");
            var patience = its > BySignal ? TimeSpan.FromSeconds(1) : Grace;
            new Thread(() =>
            {
                Thread.Sleep(patience);
                Signal(Kill);
            }) { IsBackground = true }.Start();
        }
        return code;
    }

    private void One(IReadOnlyList<string> words, int rank, IReadOnlyList<int>? cores, Dictionary<string, string> variables)
    {
        try
        {
            using var process = ReverieProgram.Start(words, cores, gpu: null, variables);
            processes[rank] = process;
            process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data is { } text) Complain(text);
            };
            process.BeginErrorReadLine();
            process.StandardInput.Close();
            while (process.StandardOutput.ReadLine() is { } line)
                if (rank == 0) report.Out.WriteLine(line);
            process.WaitForExit();
            processes.TryRemove(rank, out _);
            ends.Add((rank, process.ExitCode));
        }
        catch (Exception fault) when (fault is ReverieException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Complain($"reverie: rank {rank}: {fault.Message}");
            ends.Add((rank, 1));
        }
    }

    // All ranks tell of the same fault in the same words.
    private void Complain(string line)
    {
        lock (said)
            if (!line.StartsWith("reverie: ", StringComparison.Ordinal) || said.Add(line))
                report.Error.WriteLine(line);
    }

    private void Signal(int signal)
    {
        foreach (var process in processes.Values)
            kill(process.Id, signal);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
