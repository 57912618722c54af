using System.Reflection;
using Microsoft.Extensions.Logging;
using Reverie.Cli.Display;
using Reverie.Cli.Surroundings;
using Reverie.Configuration;
using Reverie.Torch;
using Reverie.Torch.Ranks;

namespace Reverie.Cli.Sweep;

/// <summary>One rank's part of a run: it meets the others, looks after them while it works, and ends with them.</summary>
internal static class RankWork
{
    /// <summary>Complains where processes cannot learn together here.</summary>
    /// <param name="asked">the option that asks for it</param>
    /// <exception cref="NativeException">so it is</exception>
    public static void DemandGroups(string asked)
    {
        if (!RankGroup.IsAvailable)
            throw new NativeException($"{asked}: this libtorch was found without c10d and Gloo, by which processes learn together; see "
                + "docs/cluster.md");
    }

    /// <summary>Works among the others.</summary>
    /// <param name="place">which rank this is</param>
    /// <param name="silence">how long another may give no sign of life</param>
    /// <param name="config">must be the same for all</param>
    /// <param name="restart">as well</param>
    /// <param name="report">takes the line that names a rank which is gone</param>
    /// <param name="work">what is done, with the code it ends with</param>
    /// <param name="roles">who does what; must be the same for all</param>
    /// <exception cref="ReverieException">what the work, or meeting, came to; it names this rank</exception>
    public static int Do(RankPlace place, TimeSpan silence, ResolvedConfig config, bool restart, Report report,
        Func<RankGroup, int> work, string roles = "all learn")
    {
        var program = typeof(Config).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var identity = $"reverie {program}\nlibtorch {Torch.Torch.Version}\n--restart {restart}\n{roles}\n"
            + string.Join('\n', config.ToYaml().Split('\n').Select(line => line.Split(" # ")[0].Trim()));
        using var group = RankGroup.Join(place, identity, silence + silence);
        using var watch = new RankWatch(place, silence, line =>
        {
            report.Error.WriteLine($"reverie: {line}");
            report.Error.Flush();
            ProgramEnd.AtOnceWith(1);       // the work waits for a rank that is gone
        });
        try
        {
            var code = work(group);
            group.Barrier();
            return code;
        }
        catch (Exception fault) when (RankLostException.IsBehind(fault))
        {
            // Which one it is the watch says, and ends the process.
            Thread.Sleep(silence + TimeSpan.FromSeconds(10));
            throw;
        }
        catch (Exception fault)
        {
            var line = $"rank {place.Rank}: {fault.Message.ReplaceLineEndings(" ")}";
            watch.Tell(line);
            if (fault is ReverieException) throw new ReverieException(line, fault);
            throw;
        }
    }

    /// <summary>Takes what the user should know of a rank that shows nothing: warnings, with its number.</summary>
    internal sealed class Warnings(int rank, TextWriter error) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) error.WriteLine($"rank {rank}: {formatter(state, exception)}");
        }
    }
}
