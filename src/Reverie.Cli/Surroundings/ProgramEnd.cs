using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Reverie.Cli.Surroundings;

/// <summary>How the program ends, whatever somebody's environment in it does: with its verb, though threads of the
/// environment go on, and with a line where the environment ends it.</summary>
internal static partial class ProgramEnd
{
    private static bool isOurs;

    /// <summary>Looks out for an environment that ends the process.</summary>
    public static void Watch()
    {
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) => Thrown((Exception)thrown.ExceptionObject);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Exiting();
    }

    /// <summary>Ends it, also where threads of somebody else would keep it alive.</summary>
    public static void With(int code)
    {
        isOurs = true;
        Environment.Exit(code);
    }

    /// <summary>Ends it in the middle of the work, which waits for what will not come.</summary>
    public static void AtOnceWith(int code) => AtOnce(code);

    // A bug of our own shows its stack.
    private static void Thrown(Exception fault)
    {
        var frames = new StackTrace(fault).GetFrames().Select(frame => frame.GetMethod()?.Module.Assembly);
        if (!frames.Any(assembly => assembly is not null
            && AssemblyLoadContext.GetLoadContext(assembly) != AssemblyLoadContext.Default))
            return;
        Console.Error.WriteLine("reverie: " + new ReverieException($"a thread that the environment started threw "
            + $"{fault.GetType().Name}: {fault.Message}; a run goes on from its last checkpoint").Message);
        AtOnce(1);
    }

    private static void Exiting()
    {
        if (isOurs) return;
        Console.Error.WriteLine("reverie: something in this process, an environment perhaps, ended it in the middle of "
            + "the work; a run goes on from its last checkpoint");
        Environment.ExitCode = 1;
    }

    // Not by way of what libraries do at the end of a process: another thread is in the middle of computing with them.
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void AtOnce(int code);
}
