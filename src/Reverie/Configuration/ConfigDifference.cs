namespace Reverie.Configuration;

/// <summary>A key that two configurations do not agree on.</summary>
/// <param name="Key">the key</param>
/// <param name="Left">value of the first, as written in YAML</param>
/// <param name="Right">value of the second</param>
/// <param name="MayChange">whether a run may be resumed all the same</param>
public sealed record ConfigDifference(string Key, string Left, string Right, bool MayChange)
{
    /// <summary>All keys that differ, in the order of the configuration.</summary>
    public static IReadOnlyList<ConfigDifference> Between(Config left, Config right) =>
    [
        .. from setting in Settings.All
           let pair = (Left: setting.Format(setting.Get(left)), Right: setting.Format(setting.Get(right)))
           where pair.Left != pair.Right
           select new ConfigDifference(setting.Key, pair.Left, pair.Right, setting.MayChange || IsLength(setting.Key, left)),
    ];

    // The search for a controller goes on where no later round stands on what it came to.
    private static bool IsLength(string key, Config config) => key == "controller.generations" && config.Controller.Rounds == 1;

    /// <summary>Refuses to resume a run with a configuration that would make another run of it.</summary>
    /// <param name="run">directory of the run, for the message</param>
    /// <param name="stored">configuration the run was started with</param>
    /// <param name="asked">configuration of this command</param>
    /// <exception cref="ConfigurationException">a key differs that may not; the line names up to three</exception>
    public static void DemandResumable(string run, Config stored, Config asked)
    {
        var broken = Between(stored, asked).Where(difference => !difference.MayChange).ToArray();
        if (broken.Length == 0)
            return;
        var named = string.Join(", ", broken.Take(3).Select(one => $"{one.Key} = {one.Left} (asked: {one.Right})"));
        var more = broken.Length > 3 ? $" and {broken.Length - 3} more" : "";
        throw new ConfigurationException(
            $"{run}: this run was started with {named}{more}; repeat its options or choose another --run");
    }
}
