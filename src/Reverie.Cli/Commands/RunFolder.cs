using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Runs;
using Reverie.Training;

namespace Reverie.Cli.Commands;

/// <summary>A run directory as those verbs find it that only look at it.</summary>
internal static class RunFolder
{
    /// <summary>The configuration that the run was started with.</summary>
    /// <exception cref="ReverieException">the folder is no run, or of another version</exception>
    public static Config ConfigOf(string run)
    {
        var path = Path.Combine(run, RunDirectory.ConfigFile);
        if (File.Exists(path))
            return ConfigReader.ReadResolved(path);
        throw new ReverieException(Directory.Exists(run)
            ? $"{run}: this is no run: it has no {RunDirectory.ConfigFile}"
            : $"{run}: there is no such run{Others(run)}");
    }

    /// <summary>Complains where the run has nothing to play in.</summary>
    /// <exception cref="ReverieException">its task is a folder of episodes</exception>
    public static void RequireEnvironment(string run, Config config)
    {
        if (OfflineTasks.Owns(config.Task))
            throw new ReverieException($"{run}: it learned from a folder of episodes, without --task: there is nothing to play "
                + $"in; `reverie dream {OneWord.Of(run)} --episode 0` shows what it learned");
    }

    /// <summary>Loads the newest whole checkpoint of the run into the agent, to look at: what only learning needs may be
    /// missing, as in a folder that <c>export --format run</c> wrote.</summary>
    /// <exception cref="ReverieException">there is none</exception>
    public static Counters Load(string run, IAgent agent, Action<string> tell) =>
        Checkpoint.LoadToAct(Path.Combine(run, RunDirectory.CheckpointFolder), agent, new LineLogger(tell))?.Counters
        ?? throw new ReverieException($"{run}: this run has no checkpoint yet; train it first, or let it train longer");

    private static string Others(string run)
    {
        var room = Path.GetDirectoryName(Path.GetFullPath(run));
        if (room is null || !Directory.Exists(room))
            return "; `reverie train` makes one";
        string[] names = [.. Directory.GetDirectories(room)
            .Where(path => File.Exists(Path.Combine(path, RunDirectory.ConfigFile)))
            .Select(path => Path.GetFileName(path))];
        return names.Length > 0 ? NearestName.Hint(Path.GetFileName(run), names) : "; `reverie train` makes one";
    }
}
