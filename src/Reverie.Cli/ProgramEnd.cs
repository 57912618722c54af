using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Reverie.Cli;

/// <summary>
/// How the program ends, whatever somebody's environment in it does: with its verb, though threads of the environment
/// go on; at once at the second signal, though it hangs; and with a line where the environment ends it.
/// </summary>
internal static class ProgramEnd
{
    private const int SignalCode = 128;
    private static bool isOurs;
    private static int signals;

    /// <summary>Looks out for all of that.</summary>
    /// <returns>To be kept until the program ends.</returns>
    public static IDisposable[] Watch()
    {
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) => Thrown((Exception)thrown.ExceptionObject);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Exiting();
        return
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Signalled(2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Signalled(15)),
        ];
    }

    /// <summary>Ends it, also where threads of somebody else would keep it alive.</summary>
    public static void With(int code)
    {
        isOurs = true;
        Environment.Exit(code);
    }

    // The first asks the verb to save and leave.
    private static void Signalled(int number)
    {
        if (Interlocked.Increment(ref signals) > 1) With(SignalCode + number);
    }

    // A bug of our own shows its stack.
    private static void Thrown(Exception fault)
    {
        var frames = new StackTrace(fault).GetFrames().Select(frame => frame.GetMethod()?.Module.Assembly);
        if (!frames.Any(assembly => assembly is not null
            && AssemblyLoadContext.GetLoadContext(assembly) != AssemblyLoadContext.Default))
            return;
        Console.Error.WriteLine($"reverie: a thread that the environment started threw {fault.GetType().Name}: "
            + $"{new ReverieException(fault.Message).Message}; a run goes on from its last checkpoint");
        With(1);
    }

    private static void Exiting()
    {
        if (isOurs) return;
        Console.Error.WriteLine("reverie: something in this process, an environment perhaps, ended it in the middle of "
            + "the work; a run goes on from its last checkpoint");
        Environment.ExitCode = 1;
    }
}
