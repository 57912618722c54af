using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// Takes standard input and output of this process away from everybody else in it: they go on at descriptors that no
/// program inherits, in their place are nothing and standard error. Watches over the other end, and ends the process
/// where it is gone.
/// </summary>
internal sealed unsafe partial class ServerPipes : IDisposable
{
    private const int DuplicateCloseOnExec = 1030, ReadOnly = 0, FirstNumber = 3, CloseOnExec = 0x80000;
    private const short HungUp = 0x10 | 0x8;        // and faults

    // For the environment to be closed.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly PosixSignalRegistration[] signals;
    private readonly ManualResetEventSlim done = new();

    /// <summary>For the rest of the process's life.</summary>
    /// <exception cref="ReverieException">One of the two is closed.</exception>
    public ServerPipes()
    {
        var (commands, answers) = (Private(0), Private(1));
        Commands = new FileStream(commands, FileAccess.Read, bufferSize: 0);
        Answers = new FileStream(answers, FileAccess.Write, bufferSize: 0);
        var nothing = Open("/dev/null", ReadOnly | CloseOnExec);
        Put(nothing, 0);
        Put(2, 1);
        Close(nothing);
        Console.SetOut(Console.Error);
        // Who is at the other end decides when it ends; a terminal's Ctrl-C and a scheduler's signals are for that one.
        var redirected = Console.IsInputRedirected;
        signals = !redirected ? [] : [.. new[] { PosixSignal.SIGHUP, PosixSignal.SIGQUIT, PosixSignal.SIGINT,
            PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, told => told.Cancel = true))];
        var watch = new Thread(() => Watch(commands)) { IsBackground = true, Name = "the other end" };
        watch.Start();
    }

    /// <summary>What comes in.</summary>
    public Stream Commands { get; }

    /// <summary>What goes out.</summary>
    public Stream Answers { get; }

    public void Dispose()
    {
        done.Set();
        foreach (var signal in signals)
            signal.Dispose();
    }

    private static SafeFileHandle Private(int descriptor) =>
        Duplicate(descriptor, DuplicateCloseOnExec, FirstNumber) is var number and >= 0
            ? new SafeFileHandle(number, ownsHandle: true)
            : throw new EnvironmentException("env serve: standard input or output is closed; it speaks through them");

    // The main thread sees the end as well, unless it is in the middle of a step that has none.
    private void Watch(SafeFileHandle commands)
    {
        var entry = new Polled { Descriptor = (int)commands.DangerousGetHandle() };
        while (Poll(&entry, 1, -1) < 0 || (entry.Seen & HungUp) == 0)
        {
        }
        if (!done.Wait(Grace)) Environment.Exit(1);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Duplicate(int descriptor, int command, int least);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Put(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(Polled* entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Asked, Seen;
    }
}
