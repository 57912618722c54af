using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Reverie.Cli.Surroundings;

/// <summary>
/// The signals that ask the program to stop: Ctrl-C, those of a scheduler (SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU), of a
/// terminal that goes (SIGHUP), and SIGQUIT. One that was ignored when the program began, as by <c>nohup</c>, stays so.
/// </summary>
/// <remarks>
/// The first cancels <see cref="Token"/>. What a scheduler sends again changes nothing, since it often sends twice, to
/// the group and to the process; Ctrl-C or SIGQUIT after it come from somebody who will not wait: they end the process
/// as SIGKILL does.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    // .NET has no names for these; Linux numbers them alike on every processor that .NET runs on.
    private const int User1 = 10, User2 = 12, ProcessorTime = 24, FileSize = 25;

    // A checkpoint of a large run takes a while to write.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static volatile bool deaf;

    private readonly CancellationTokenSource source = new();
    private readonly Timer impatience = new(_ => EndAtOnce());
    private readonly List<PosixSignalRegistration> registrations = [];
    private int first;

    /// <summary>Listens from now on.</summary>
    public StopSignals()
    {
        foreach (var (signal, number) in Listened())
            registrations.Add(PosixSignalRegistration.Create(signal, context => Take(context, number)));
        // A file that may not grow is told by the write that fails, and not by the end of the process.
        if (OperatingSystem.IsLinux())
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)FileSize, context => context.Cancel = true));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>From now on none of them does anything, for one who ends with another process and not by itself.</summary>
    public static void ObeyNone() => deaf = true;

    /// <summary>The number of the first signal, or null while none came.</summary>
    public int? First => first == 0 ? null : first;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        impatience.Dispose();
        source.Dispose();
    }

    private static IEnumerable<(PosixSignal Signal, int Number)> Listened()
    {
        yield return (PosixSignal.SIGINT, 2);
        yield return (PosixSignal.SIGTERM, 15);
        yield return (PosixSignal.SIGHUP, 1);
        yield return (PosixSignal.SIGQUIT, 3);
        if (OperatingSystem.IsLinux())
            foreach (var number in (int[])[User1, User2, ProcessorTime])
                yield return ((PosixSignal)number, number);
    }

    private void Take(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (deaf)
            return;
        if (Interlocked.CompareExchange(ref first, number, 0) == 0)
        {
            impatience.Change(Patience, Timeout.InfiniteTimeSpan);
            source.Cancel();
        }
        else if (context.Signal is PosixSignal.SIGINT or PosixSignal.SIGQUIT)
        {
            EndAtOnce();
        }
    }

    // Nothing is asked that may hang: what is on the disk is whole at any moment.
    private static void EndAtOnce() => Process.GetCurrentProcess().Kill();
}
