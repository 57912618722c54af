using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// A Python process with one environment in it. Commands and answers are numbered lines in its pipes; what is large
/// lies in <see cref="SharedMemory"/>. Not thread-safe.
/// </summary>
internal sealed class GymnasiumChild : IDisposable
{
    /// <summary>What <c>gymnasium.make</c> is told beside the id where nothing is.</summary>
    public const string NoOptions = "{}";

    private const string Making = "making it";
    private const int LongestDescription = 64 << 20, LongestAnswer = 16 << 10, MostBeforeGreeting = 1 << 20;
    private const int MostStarts = 3;

    // Libraries may have to be read from a slow disk.
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromMinutes(1);

    // It closes its environment, for which it has two seconds, and ends what the environment has started.
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromSeconds(4);

    private readonly string id;
    private readonly Process process;
    private readonly LineReader answers;
    private readonly LastWords errors;
    private readonly Timer watchdog;
    private readonly Lock gate = new();
    private readonly TimeSpan patience;
    private TimeSpan bound;
    private bool waiting, late, greeted;
    private long number;
    private SharedMemory? memory;

    private GymnasiumChild(string id, Process process, TimeSpan patience)
    {
        (this.id, this.process, this.patience) = (id, process, patience);
        watchdog = new Timer(_ => EndLate());
        answers = new LineReader(process.StandardOutput.BaseStream);
        errors = new LastWords(process.StandardError.BaseStream);
    }

    /// <summary>What it plays.</summary>
    public GymnasiumDescription Description { get; private set; } = new();

    /// <summary>What lies between the two.</summary>
    public SharedMemory Memory => memory!;

    /// <summary>Starts the first Python that serves, and lets it make the environment.</summary>
    /// <param name="id">As <c>gymnasium.make</c> takes it, perhaps with a module before it.</param>
    /// <param name="patience">How long to wait for an answer.</param>
    /// <param name="options">What else <c>gymnasium.make</c> is told, as an object in JSON.</param>
    /// <exception cref="ReverieException">There is none, it has no Gymnasium, or no such environment.</exception>
    public static GymnasiumChild Start(string id, TimeSpan patience, string options = NoOptions)
    {
        string? missing = null, broken = null;
        foreach (var program in PythonProgram.Candidates)
            try
            {
                if (Start(program, id, patience, options) is not { } child) continue;
                if (child.Description.Missing is null) return child;
                missing ??= child.Description.Missing;
                child.Dispose();
            }
            catch (ChildEndedException ended) when (!ended.Greeted)
            {
                broken ??= $"{program}: {ended.Message}";       // no Python, or none that works
            }
            catch (ChildEndedException ended)
            {
                throw new EnvironmentException($"gym:{id}: {program}: {ended.Message}", ended);
            }
        throw new EnvironmentException($"gym:{id}: {(missing is null ? broken : null) ?? PythonProgram.Remedy(missing)}");
    }

    /// <summary>Has it do something, and waits until it is done.</summary>
    /// <exception cref="ReverieException">Python raised an exception.</exception>
    /// <exception cref="ChildEndedException">The process ended, or took too long or lost the thread and was
    /// ended.</exception>
    public void Do(string command)
    {
        var moment = command.StartsWith("memory", StringComparison.Ordinal) ? Making : command;
        number++;
        var answer = Answer(moment, Exchange(moment, LongestAnswer, Encoding.UTF8.GetBytes($"{number} {command}\n")));
        if (answer.Span.SequenceEqual("k"u8)) return;
        throw new EnvironmentException($"Python at {moment}: {Reason(answer)}");
    }

    public void Dispose()
    {
        using (var idle = new ManualResetEvent(false))
            if (watchdog.Dispose(idle)) idle.WaitOne();     // it may be about to end the process
        End();
        process.Dispose();
        memory?.Dispose();
    }

    // Until it has greeted it is a process like any other, and a signal to all of them, of which the program takes
    // heed, may end it.
    private static GymnasiumChild? Start(string program, string id, TimeSpan patience, string options)
    {
        for (var start = 1; ; start++)
        {
            if (PythonProgram.Start(program, id, options) is not { } process) return null;
            var child = new GymnasiumChild(id, process, patience);
            try
            {
                child.Introduce();
                return child;
            }
            catch (ChildEndedException ended) when (ended is { Greeted: false, BySignal: true } && start < MostStarts)
            {
                child.Dispose();
            }
            catch
            {
                child.Dispose();
                throw;
            }
        }
    }

    private void Introduce()
    {
        bound = patience > PatienceAtStart ? patience : PatienceAtStart;
        var line = Exchange(Making, MostBeforeGreeting, PythonProgram.Script);
        for (var before = 0L; !line.Span.SequenceEqual("reverie-gymnasium 2"u8); before += line.Length + 1)
        {
            if (before > MostBeforeGreeting) throw Astray(Making, line);
            line = Exchange(Making, MostBeforeGreeting, []);
        }
        greeted = true;
        var answer = Answer(Making, Exchange(Making, LongestDescription, []));
        if (answer.Span[0] != (byte)'d') throw new EnvironmentException($"gym:{id}: {Reason(answer)}");
        Description = GymnasiumDescription.From(answer[1..], $"gym:{id}");
        if (Description.Missing is not null) return;
        if (Description.Error is { } error) throw new EnvironmentException($"gym:{id}: {error}");
        var actions = ActionGroups.Of(Description.Actions);
        memory = new SharedMemory(actions.Size, Description.Low.Length, Description.Pixels, actions.IsMasked);
        Do("memory " + JsonSerializer.Serialize(memory.Places));
        bound = patience;
    }

    // A line there and a line back. A read that waits for ever is ended by ending the process.
    private ReadOnlyMemory<byte> Exchange(string moment, int atMost, ReadOnlySpan<byte> words)
    {
        ReadOnlyMemory<byte>? line = null;
        lock (gate) waiting = true;
        watchdog.Change(bound, Timeout.InfiniteTimeSpan);
        try
        {
            if (words.Length > 0)
            {
                process.StandardInput.BaseStream.Write(words);
                process.StandardInput.BaseStream.Flush();
            }
            line = answers.Read(atMost);
        }
        catch (InvalidDataException flood)
        {
            End();
            throw new ChildEndedException($"it wrote {flood.Message} at {moment}, and was ended", greeted);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // it has ended, perhaps by the watchdog
        }
        finally
        {
            watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lock (gate) waiting = false;
        }
        return late || line is not { } there ? throw Ended(moment) : there;
    }

    // Whatever else comes would shift all later answers by one.
    private ReadOnlyMemory<byte> Answer(string moment, ReadOnlyMemory<byte> line)
    {
        var sound = Utf8Parser.TryParse(line.Span, out long which, out var digits) && which == number
            && line.Length > digits + 1 && line.Span[digits] == ' ' && "ked"u8.Contains(line.Span[digits + 1]);
        return sound ? line[(digits + 1)..] : throw Astray(moment, line);
    }

    private ChildEndedException Astray(string moment, ReadOnlyMemory<byte> line)
    {
        End();
        return new($"something else than its answer came from its Python process at {moment}, which was ended: "
            + $"{PlainText.Of(line.Span)}", greeted);
    }

    private static string Reason(ReadOnlyMemory<byte> answer)
    {
        try
        {
            return PlainText.Of(JsonSerializer.Deserialize<string>(answer.Span[1..]) ?? "no reason given");
        }
        catch (JsonException)
        {
            return PlainText.Of(answer.Span[1..]);
        }
    }

    private void EndLate()
    {
        lock (gate)
        {
            if (!waiting) return;
            late = true;
        }
        End();
    }

    // It ends as nobody holds this end of its commands any more, and its programs with it.
    private void End()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it has ended before it had read all
        }
        if (!process.WaitForExit(PatienceAtEnd))
            process.Kill(entireProcessTree: true);
    }

    private ChildEndedException Ended(string moment)
    {
        End();
        if (late)
            return new($"it took more than {bound.TotalSeconds:0.###} s at {moment} and was ended; "
                + "environment.timeout sets how long to wait", greeted);
        var last = errors.LastLine(TimeSpan.FromSeconds(1));
        var bySignal = process.HasExited && process.ExitCode > 128;
        var how = !process.HasExited ? "its output"
            : bySignal ? $"by signal {process.ExitCode - 128}" : $"with exit code {process.ExitCode}";
        return new($"its Python process ended {how} at {moment}{(last is null ? "" : $": {last}")}", greeted, bySignal);
    }
}

/// <summary>A process is no more.</summary>
/// <param name="message">Why, in a line.</param>
/// <param name="greeted">Whether it was a Python that had read its script.</param>
/// <param name="bySignal">Whether a signal ended it.</param>
internal sealed class ChildEndedException(string message, bool greeted, bool bySignal = false) : Exception(message)
{
    public bool Greeted { get; } = greeted;

    public bool BySignal { get; } = bySignal;
}
