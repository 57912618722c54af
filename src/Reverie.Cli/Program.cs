using System.Runtime.CompilerServices;
using Reverie.Cli.Surroundings;

namespace Reverie.Cli;

/// <summary>The process: what surrounds it, and the code it ends with.</summary>
internal static class Program
{
    // As sysexits.h has it: all was done, but standard output did not take what there was to say.
    private const int OutputLost = 74;

    private static int Main(string[] args)
    {
        if (ProcessLimits.Complaint() is not { } complaint)
            return Work(args);
        ProcessLimits.Tell(complaint);
        return 1;
    }

    // Apart from the above, so that no assembly is loaded before the limits were looked at.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Work(string[] args)
    {
        ProgramEnd.Watch();
        var (output, error) = (StandardWriter.Over(Console.Out, 1), StandardWriter.Over(Console.Error, 2));
        Console.SetError(error);
        Console.SetOut(output);
        using var signals = new StopSignals();
        var command = CommandLine.RunAsync(args, StandardOutput.Claim(), Console.Error, signals.Token);
        var code = Code(command.GetAwaiter().GetResult(), signals, output);
        ProgramEnd.With(code);
        return code;
    }

    private static int Code(int code, StopSignals signals, StandardWriter output)
    {
        if (code == CommandLine.Stopped && signals.First is { } signal)
            return 128 + signal;
        if (code != 0 || output.Fault is not { } fault)
            return code;
        Console.Error.WriteLine($"reverie: standard output did not take everything: {fault}");
        return OutputLost;
    }
}
