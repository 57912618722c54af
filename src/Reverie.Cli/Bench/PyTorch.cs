using System.Diagnostics;
using System.Text.Json;
using Reverie.Torch.Native;

namespace Reverie.Cli.Bench;

/// <summary>A Python that has PyTorch, for the script <c>benchmarks/pytorch_update.py</c>.</summary>
/// <param name="Program">the Python</param>
/// <param name="Script">the script</param>
internal sealed record PyTorch(string Program, string Script)
{
    private const string Remedy = "Debian's package of it is python3-torch; --python PATH takes another Python";

    private static readonly string[] Usual = ["python3", "/usr/bin/python3"];

    private static readonly JsonSerializerOptions Style =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Finds both.</summary>
    /// <param name="named">the Python that the user wants; null takes the first of the usual ones that serves</param>
    /// <param name="stop">Ctrl-C</param>
    /// <exception cref="ReverieException">there is none, or no script</exception>
    public static PyTorch Find(string? named, CancellationToken stop)
    {
        var script = NativeLibraries.Folders()
            .Select(folder => Path.GetFullPath(Path.Combine(folder, "..", "..", "benchmarks", "pytorch_update.py")))
            .FirstOrDefault(File.Exists)
            ?? throw new ReverieException("--against-pytorch: benchmarks/pytorch_update.py is in a checkout only");
        string[] asked = named is null ? Usual : [named];
        var program = asked.FirstOrDefault(one => HasTorch(one, stop)) ?? throw new ReverieException(
            $"--against-pytorch: no Python here can import torch (tried {string.Join(", ", asked)}); {Remedy}");
        return new(program, script);
    }

    /// <summary>Runs the script.</summary>
    /// <param name="arguments">sizes and settings</param>
    /// <param name="stop">Ctrl-C, which ends it</param>
    /// <param name="fault">what was wrong, in a line, where nothing is returned</param>
    public PyTorchAnswer? Run(IEnumerable<string> arguments, CancellationToken stop, out string fault)
    {
        var (code, output, error) = Carry(Program, [Script, .. arguments], stop);
        // Python tells what was wrong last.
        fault = $"{Program} ended with {code}: {error.TrimEnd().Split('\n')[^1]}";
        var last = output.TrimEnd().Split('\n')[^1];
        return code == 0 && last.StartsWith('{') ? JsonSerializer.Deserialize<PyTorchAnswer>(last, Style) : null;
    }

    private static bool HasTorch(string program, CancellationToken stop)
    {
        try
        {
            // One that hangs while it looks for devices is as good as none.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(TimeSpan.FromMinutes(2));
            var (code, output, _) = Carry(program, ["-c", "import torch; print(torch.__version__)"], patience.Token);
            return code == 0 && output.Trim().Length > 0;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output, string Error) Carry(
        string program, IEnumerable<string> arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var end = stop.Register(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return (process.ExitCode, output, error.Result);
    }
}

/// <summary>What the script prints.</summary>
/// <param name="Version">of PyTorch</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c></param>
/// <param name="Threads">of an operator</param>
/// <param name="Parameters">of each part of the agent</param>
/// <param name="Seconds">of each update, by the clock</param>
/// <param name="ProcessorSeconds">of each update, that threads were at work</param>
/// <param name="PeakMemoryBytes">the most memory that the process had</param>
internal sealed record PyTorchAnswer(string Version, string Precision, int Threads,
    IReadOnlyDictionary<string, long> Parameters, double[] Seconds, double[] ProcessorSeconds, long PeakMemoryBytes);
