using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reverie.Environments.Mujoco;
using Reverie.Torch.Native;

namespace Reverie.Cli.Bench;

/// <summary>The program <c>benchmarks/control_loop.c</c>: environments with no managed code.</summary>
internal sealed class ControlLoop : IDisposable
{
    private const string Target = "control_loop";

    // Once a process: two builds at once would write the same files.
    private static readonly Lazy<string> Program = new(Build);

    private readonly Process process;

    private ControlLoop(Process process) => this.process = process;

    /// <summary>Builds it where that is needed, and starts it.</summary>
    /// <param name="model">file with MJCF text</param>
    /// <param name="scenario">file as the program wants it</param>
    /// <param name="qualities">what it can draw with; orders name them by their place</param>
    /// <exception cref="ReverieException">it cannot be built, or does not start</exception>
    public static ControlLoop Start(string model, string scenario, IEnumerable<PictureQuality> qualities) =>
        new(Begin(Program.Value, [model, scenario, .. qualities.Select(Words)]));

    /// <summary>Has one order carried out.</summary>
    /// <param name="order">as the program's own text says</param>
    /// <param name="stop">Ctrl-C, which reaches the program as well</param>
    /// <returns>seconds of its loop, and the number that tells what came out</returns>
    /// <exception cref="ReverieException">the program ended instead</exception>
    public LoopOutcome Carry(string order, CancellationToken stop = default)
    {
        if (Ask(order) is not { } line)
        {
            stop.ThrowIfCancellationRequested();
            throw new ReverieException($"the loop in C ended: {FirstLine(process.StandardError.ReadToEnd())}");
        }
        using var answer = JsonDocument.Parse(line);
        return new LoopOutcome(answer.RootElement.GetProperty("seconds").GetDouble(),
            answer.RootElement.GetProperty("check").GetDouble());
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            process.Kill();
        process.Dispose();
    }

    // Null where nobody answers.
    private string? Ask(string order)
    {
        try
        {
            process.StandardInput.WriteLine(order);
            process.StandardInput.Flush();
            return process.StandardOutput.ReadLine();
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Its path. CMake does nothing where the program is younger than its source.
    private static string Build()
    {
        var folder = NativeLibraries.Folders().FirstOrDefault(one => File.Exists(Path.Combine(one, "CMakeCache.txt")))
            ?? throw new ReverieException("the loop in C is built in a checkout only, beside the native part");
        using var cmake = Begin("cmake", ["--build", folder, "--target", Target]);
        var error = cmake.StandardError.ReadToEndAsync();
        var log = cmake.StandardOutput.ReadToEnd();
        cmake.WaitForExit();
        return cmake.ExitCode == 0
            ? Path.Combine(folder, Target)
            : throw new ReverieException($"the loop in C cannot be built: {FirstLine(error.Result + log)}");
    }

    private static Process Begin(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new ReverieException($"cannot start {program}: {fault.Message}", fault);
        }
    }

    private static string Words(PictureQuality quality) => string.Create(CultureInfo.InvariantCulture,
        $"{quality.Samples},{quality.ShadowSize},{quality.Slices},{quality.Stacks},{quality.Quads},"
        + $"{(quality.Shadows ? 1 : 0)},{(quality.Reflections ? 1 : 0)},{quality.Coarseness:R}");

    private static string FirstLine(string text) =>
        text.Split('\n').FirstOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "it says nothing";
}
