namespace Reverie.Configuration;

/// <summary>The tasks that the setting <c>task</c> names: one, or several with commas between them.</summary>
internal static class TaskNames
{
    private const string Recorded = "offline:";

    /// <summary>Each of them.</summary>
    public static IReadOnlyList<string> Of(string task) => !task.Contains(',') || IsOne(task) ? [task]
        : task.Split(',', StringSplitOptions.TrimEntries);

    // Folders and libraries may have a comma in their name.
    private static bool IsOne(string task) => task.StartsWith(Recorded, StringComparison.Ordinal)
        || task.Contains(':') && (Path.Exists(task[(task.IndexOf(':') + 1)..]) || Path.Exists(task[..task.LastIndexOf(':')]));
}
