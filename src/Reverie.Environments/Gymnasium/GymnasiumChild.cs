using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// A Python process with one environment in it. Commands and answers are lines in its pipes; what is large lies in
/// <see cref="SharedMemory"/>. Not thread-safe.
/// </summary>
internal sealed class GymnasiumChild : IDisposable
{
    private const int KeptErrors = 20;

    // Libraries may have to be read from a slow disk.
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromMinutes(1);

    private readonly string id;
    private readonly Process process;
    private readonly Timer watchdog;
    private readonly Queue<string> errors = [];
    private readonly byte[] buffer = new byte[4096];
    private TimeSpan patience;
    private int start, end;
    private volatile bool waiting, late;
    private SharedMemory? memory;

    private GymnasiumChild(string id, Process process, TimeSpan patience)
    {
        (this.id, this.process, this.patience) = (id, process, patience);
        watchdog = new Timer(_ => EndLate());
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>What it plays.</summary>
    public GymnasiumDescription Description { get; private set; } = new();

    /// <summary>What lies between the two.</summary>
    public SharedMemory Memory => memory!;

    /// <summary>Starts the first Python that serves, and lets it make the environment.</summary>
    /// <exception cref="ReverieException">There is none, it has no Gymnasium, or no such environment.</exception>
    public static GymnasiumChild Start(string id, TimeSpan patience)
    {
        string? missing = null;
        foreach (var program in PythonProgram.Candidates)
        {
            if (PythonProgram.Start(program, id) is not { } process) continue;
            var child = new GymnasiumChild(id, process, patience);
            try
            {
                child.Introduce();
                if (child.Description.Missing is null) return child;
                missing ??= child.Description.Missing;
                child.Dispose();
            }
            catch (ChildEndedException ended)
            {
                child.Dispose();
                throw new ReverieException($"gym:{id}: {program}: {ended.Message}", ended);
            }
            catch
            {
                child.Dispose();
                throw;
            }
        }
        throw new ReverieException($"gym:{id}: {PythonProgram.Remedy(missing)}");
    }

    /// <summary>Has it do something, and waits until it is done.</summary>
    /// <exception cref="ReverieException">Python raised an exception.</exception>
    /// <exception cref="ChildEndedException">The process ended, or took too long and was ended.</exception>
    public void Do(string command) => Do(command, command);

    private void Do(string command, string moment)
    {
        Write(command, moment);
        var answer = ReadLine(moment);
        if (answer == "k") return;
        var why = answer.StartsWith('e') ? JsonSerializer.Deserialize<string>(answer.AsSpan(1)) : answer;
        throw new ReverieException($"Python at {moment}: {why}");
    }

    public void Dispose()
    {
        watchdog.Dispose();
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
        if (!process.WaitForExit(TimeSpan.FromSeconds(2)))
            process.Kill(entireProcessTree: true);
        process.Dispose();
        memory?.Dispose();
    }

    private void Introduce()
    {
        const string Making = "making it";
        var later = patience;
        patience = later > PatienceAtStart ? later : PatienceAtStart;
        Description = GymnasiumDescription.From(ReadLine(Making));
        if (Description.Missing is not null) return;
        if (Description.Error is { } error) throw new ReverieException($"gym:{id}: {error}");
        var pixels = Description.Picture is [var height, var width] ? 3 * height * width : 0;
        memory = SharedMemory.Create(Description.Action.Low.Length, Description.Low.Length, pixels);
        try
        {
            Do(JsonSerializer.Serialize(memory.Places), Making);
        }
        finally
        {
            memory.Unlink();
        }
        patience = later;
    }

    private void Write(string command, string moment)
    {
        try
        {
            process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(command + '\n'));
            process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            throw Ended(moment);
        }
    }

    // A read that waits for ever is ended by ending the process.
    private string ReadLine(string moment)
    {
        waiting = true;
        watchdog.Change(patience, Timeout.InfiniteTimeSpan);
        try
        {
            var line = new StringBuilder();
            while (true)
            {
                var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
                line.Append(Encoding.UTF8.GetString(buffer, start, length < 0 ? end - start : length));
                start = length < 0 ? end : start + length + 1;
                if (length >= 0) return line.ToString();
                (start, end) = (0, process.StandardOutput.BaseStream.Read(buffer));
                if (end == 0) throw Ended(moment);
            }
        }
        finally
        {
            waiting = false;
            watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndLate()
    {
        if (!waiting) return;
        late = true;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // it has just ended by itself
        }
    }

    private ChildEndedException Ended(string moment)
    {
        process.WaitForExit(TimeSpan.FromSeconds(2));
        if (late)
            return new($"it took more than {patience.TotalSeconds:0.###} s at {moment} and was ended; "
                + "environment.timeout sets how long to wait");
        string? last;
        lock (errors)
            last = errors.LastOrDefault(line => line.Trim().Length > 0)?.Trim();
        var how = process.HasExited
            ? process.ExitCode > 128 ? $"by signal {process.ExitCode - 128}" : $"with exit code {process.ExitCode}"
            : "its output";
        return new($"its Python process ended {how} at {moment}" + (last is null ? "" : $": {last}"));
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > KeptErrors) errors.Dequeue();
        }
    }
}

/// <summary>A process is no more.</summary>
internal sealed class ChildEndedException(string message) : Exception(message);
