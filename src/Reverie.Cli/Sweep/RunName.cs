using Reverie.Environments;

namespace Reverie.Cli.Sweep;

/// <summary>How a run's folder is called where nobody names it.</summary>
internal static class RunName
{
    /// <summary><c>cartpole_swingup-planet-small</c>; a dream's task is named by a folder, whose separators are none
    /// here.</summary>
    public static string Of(string task, string presets) => $"{Of(task)}-{presets.Replace(',', '-').Replace(" ", "")}";

    /// <summary>What stands for a task in names of files.</summary>
    public static string Of(string task) =>
        string.Join('-', AssemblyTasks.ShortName(task).Replace(',', '+').Split(':', '/', '\\'));
}
