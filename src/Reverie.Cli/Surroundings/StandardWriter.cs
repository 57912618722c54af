using System.Text;

namespace Reverie.Cli.Surroundings;

/// <summary>
/// Standard output or error that may be closed, full, or a terminal that went: what it does not take is dropped, and the
/// program goes on, since a run keeps everything in its folder.
/// </summary>
/// <param name="inner">The stream itself.</param>
internal sealed class StandardWriter(TextWriter inner) : TextWriter
{
    private const int CloseOnExec = 0x80000;    // O_CLOEXEC; fdinfo has the flags in octal

    private readonly Lock gate = new();

    /// <summary>A writer over a stream of the console.</summary>
    /// <param name="console">Written to where the descriptor is what the program was started with.</param>
    /// <param name="descriptor">1 or 2.</param>
    public static StandardWriter Over(TextWriter console, int descriptor) => IsInherited(descriptor)
        ? new StandardWriter(console)
        : new StandardWriter(Null) { Fault = "it was closed when the program began" };

    /// <summary>False where a descriptor was closed at the start. .NET has then given its number to a file of its own,
    /// the memory of its code for one, where nothing may be written; unlike one that was passed on, it closes on exec.
    /// </summary>
    public static bool IsInherited(int descriptor)
    {
        const string Infos = "/proc/self/fdinfo", Flags = "flags:";
        var info = $"{Infos}/{descriptor}";
        if (!Directory.Exists(Infos))
            return true;
        var flags = File.Exists(info)
            ? Array.Find(File.ReadAllLines(info), line => line.StartsWith(Flags, StringComparison.Ordinal))
            : null;
        return flags is not null && (Convert.ToInt64(flags[Flags.Length..].Trim(), 8) & CloseOnExec) == 0;
    }

    /// <summary>True where a file behind a stream would have grown beyond <c>ulimit -f</c> (EFBIG), which .NET tells as
    /// an argument that is out of range.</summary>
    public static bool IsTooLarge(Exception fault) => fault is ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>Why something was dropped, or null where all was taken.</summary>
    public string? Fault { get; private set; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Guard(() => inner.Write(value));

    public override void Write(string? value) => Guard(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Guard(() => inner.WriteLine(value));

    public override void Flush() => Guard(inner.Flush);

    public override Task WriteAsync(string? value) => Done(() => Write(value));

    public override Task WriteLineAsync(string? value) => Done(() => WriteLine(value));

    public override Task FlushAsync() => Done(Flush);

    private static Task Done(Action write)
    {
        write();
        return Task.CompletedTask;
    }

    private void Guard(Action write)
    {
        lock (gate)
            try
            {
                if (Fault is null)
                    write();
            }
            // .NET tells a descriptor that was opened for reading alone as an access that is denied.
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                Fault = fault.Message;
            }
            catch (ArgumentOutOfRangeException fault) when (IsTooLarge(fault))
            {
                Fault = "the limit of the size of files is reached (see `ulimit -f`)";
            }
    }
}
