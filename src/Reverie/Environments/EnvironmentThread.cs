using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Reverie.Environments;

/// <summary>
/// A thread for somebody's code, so that code which never returns is noticed: .NET cannot end a thread, but whoever
/// waits for it can stop waiting, say so and save.
/// </summary>
/// <param name="name">What the code belongs to, for the message.</param>
internal sealed class EnvironmentThread(string name) : IDisposable
{
    private const int StackBytes = 16 << 20;        // as much as the main thread's, and again as much

    private readonly SemaphoreSlim begin = new(0), end = new(0);
    private Thread? thread;
    private Action? work;
    private Exception? fault;
    private ReverieException? hangs;

    /// <summary>Whether code was left behind on it that did not return.</summary>
    public bool Hangs => hangs is not null;

    /// <summary>Whether an exception says that an environment hangs.</summary>
    public static bool IsHang(Exception fault) => fault.InnerException is Hang;

    /// <summary>Runs code on the thread, and waits.</summary>
    /// <param name="moment">What it is doing, for the message.</param>
    /// <param name="patience">How long to wait; for ever while a debugger looks on.</param>
    /// <param name="code">What to run.</param>
    /// <exception cref="EnvironmentException">It did not return in time, or code before it did not; see
    /// <see cref="IsHang"/>.</exception>
    /// <exception cref="Exception">What it threw.</exception>
    public T Do<T>(string moment, TimeSpan patience, Func<T> code)
    {
        if (hangs is not null) throw hangs;
        var result = default(T);
        work = () => result = code();
        if (thread is null)
        {
            thread = new Thread(Live, StackBytes) { IsBackground = true, Name = name };
            thread.Start();
        }
        begin.Release();
        if (!end.Wait(Debugger.IsAttached ? Timeout.InfiniteTimeSpan : patience))
            throw hangs = new EnvironmentException(FormattableString.Invariant($"environment {name} hangs at {moment}: it ")
                + FormattableString.Invariant($"has not returned for {patience.TotalSeconds:0.###} s; ")
                + "environment.timeout sets how long to wait", new Hang());
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
        return result!;
    }

    /// <summary>Ends the thread, unless code hangs on it.</summary>
    public void Dispose()
    {
        if (thread is null || Hangs) return;
        work = null;
        begin.Release();
        thread.Join();
        thread = null;
    }

    private void Live()
    {
        while (true)
        {
            begin.Wait();
            if (work is not { } now) return;
            fault = null;
            try
            {
                now();
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
            end.Release();
        }
    }

    private sealed class Hang : TimeoutException;
}
