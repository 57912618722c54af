using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// What spaces an environment may have. <see cref="EnvironmentRegistry.Make"/>, training and
/// <see cref="EnvironmentChecker"/> ask here and nowhere else, so that what the check passes is what training accepts.
/// </summary>
internal static class SpaceRule
{
    /// <summary>Entries that a vector, an action or a choice may have at most. A layer of 400 units for them has 6.5
    /// million parameters then; ten times as many fill the memory of most machines.</summary>
    public const int MostEntries = 16_384;

    /// <summary>Pixels each way of the pictures that agents learn from: every encoder derives its layers from them.</summary>
    public const int LeastSide = 10, MostSide = 512;

    /// <summary>Channels that they may have at most.</summary>
    public const int MostChannels = 64;

    private const long MostBytes = 1 << 28;

    /// <summary>What is wrong with the spaces of an environment, a line each; none where all is well.</summary>
    public static IEnumerable<string> FaultsOf(Space? observation, Space? action) =>
        [.. FaultsOfObservation(observation), .. FaultsOfAction(action)];

    /// <summary>What is wrong with a space of actions.</summary>
    public static IEnumerable<string> FaultsOfAction(Space? action) => action switch
    {
        null => ["its action space is null"],
        BoxSpace box => FaultsOf(box, "action"),
        DiscreteSpace { Count: > MostEntries and var count } =>
            [$"its actions are {count} choices; {MostEntries} are the most that can be told apart"],
        DiscreteSpace { Count: >= 1 } => [],
        GroupedSpace { Groups.Count: > 0 } parts => FaultsOf(parts),
        _ => [$"its action space ({action}) is neither a box nor discrete with at least one choice"],
    };

    /// <summary>Why agents cannot learn from what they see, or null.</summary>
    /// <param name="seen">A space without faults.</param>
    public static string? Unlearnable(Space seen)
    {
        if (PictureOf(seen) is not { } image || FaultOfPicture(image) is not { } why)
            return null;
        var instead = seen is MixedSpace ? "; model.encoder=vector learns from its vector alone" : "";
        return $"its picture is {image.Height} by {image.Width} with {Count(image.Channels, "channel")}; {why}{instead}";
    }

    /// <summary>Why no encoder takes a picture, or null.</summary>
    public static string? FaultOfPicture(ImageSpace image) =>
        Math.Min(image.Height, image.Width) < LeastSide || Math.Max(image.Height, image.Width) > MostSide
            ? $"agents see {LeastSide} to {MostSide} pixels each way; environment.picture={PictureSize.Published} is within "
                + "them"
        : image.Channels > MostChannels ? $"agents see {MostChannels} channels at most"
        : null;

    /// <summary>Refuses what agents cannot learn from.</summary>
    /// <exception cref="EnvironmentException">The line of <see cref="Unlearnable"/>.</exception>
    public static void DemandLearnable(string task, Space seen)
    {
        if (Unlearnable(seen) is { } fault)
            throw new EnvironmentException($"task {task} cannot be learned: {fault}");
    }

    /// <summary>Refuses an environment that is not what its <see cref="TaskInfo"/> says, or has impossible
    /// spaces.</summary>
    /// <exception cref="EnvironmentException">One line with all that is wrong.</exception>
    public static void Demand(TaskInfo info, IEnvironment bare)
    {
        var (observation, action) = (bare.ObservationSpace, bare.ActionSpace);
        var faults = FaultsOf(observation, action);
        if (bare is IPictureSource source)
            faults = faults.Concat(source.Picture is { } picture ? FaultsOf(picture) : ["its Picture is null"]);
        Demand(info.Task, faults);
        Demand(info.Task, Differences(info, observation, action));
    }

    /// <summary>Refuses where there is any fault.</summary>
    /// <exception cref="EnvironmentException">One line that names them.</exception>
    public static void Demand(string task, IEnumerable<string> faults)
    {
        var all = string.Join("; ", faults);
        if (all.Length > 0)
            throw new EnvironmentException($"task {task} cannot be played: {all}");
    }

    /// <summary>The picture in a space, or null.</summary>
    public static ImageSpace? PictureOf(Space? observation) =>
        observation as ImageSpace ?? (observation as MixedSpace)?.Image ?? (observation as NamedSpace)?.Picture;

    /// <summary>The vector in a space, or null.</summary>
    public static BoxSpace? VectorOf(Space? observation) =>
        observation as BoxSpace ?? (observation as MixedSpace)?.Vector ?? (observation as NamedSpace)?.Vector;

    private static IEnumerable<string> FaultsOfObservation(Space? observation) => observation switch
    {
        null => ["its observation space is null"],
        ImageSpace image => FaultsOf(image),
        BoxSpace vector => FaultsOf(vector, "observation"),
        MixedSpace { Image: null } or MixedSpace { Vector: null } => ["a part of its observation space is null"],
        MixedSpace both => [.. FaultsOf(both.Image), .. FaultsOf(both.Vector, "observation")],
        NamedSpace named => FaultsOf(named),
        _ => [$"its observation space is {observation}; it must be an ImageSpace, a BoxSpace, a MixedSpace or a NamedSpace"],
    };

    private static IEnumerable<string> FaultsOf(ImageSpace image)
    {
        if (image.Height < 1 || image.Width < 1 || image.Channels < 1
            || Math.BigMul(image.Height, image.Width) > MostBytes / image.Channels)
            yield return $"a picture of {image.Height} by {image.Width} with {Count(image.Channels, "channel")} is none "
                + $"that can be held; each number must be at least 1, and there may be {MostBytes} bytes";
    }

    private static IEnumerable<string> FaultsOf(NamedSpace named)
    {
        if (named.Parts.Count == 0)
            return ["its observation space has no parts"];
        if (named.Parts.Any(part => part?.Space is null))
            return ["a part of its observation space is null"];
        if (named.Parts.FirstOrDefault(part => !IsName(part.Name)) is { } nameless)
            return [$"'{OneLine.Of(nameless.Name ?? "")}' is no name of a part of its observation space: 1 to 100 characters, "
                + "none of them a slash"];
        if (named.Parts.GroupBy(part => part.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return [$"its observation space has two parts called {twice.Key}"];
        string[] faults = [.. named.Parts.SelectMany(part => (part.Space switch
        {
            ImageSpace image => FaultsOf(image),
            BoxSpace box => FaultsOf(box, "observation"),
            DiscreteSpace { Count: >= 1 and <= MostEntries } => [],
            var other => [$"it is {other}, and must be an ImageSpace, a BoxSpace or a DiscreteSpace"],
        }).Select(fault => $"part {part.Name} of its observation space: {fault}"))];
        if (faults.Length > 0) return faults;
        return named.Vector is { Size: > MostEntries and var size }
            ? [$"its vectors have {size} entries; {MostEntries} are the most"]
            : [];
    }

    private static bool IsName(string? name) => name is { Length: >= 1 and <= 100 }
        && !name.Any(letter => char.IsControl(letter) || letter is '/' or '\\');

    private static IEnumerable<string> FaultsOf(GroupedSpace parts)
    {
        string[] faults = [.. parts.Groups.SelectMany((part, i) =>
            (part is GroupedSpace ? [$"its action space ({part}) has groups of its own"] : FaultsOfAction(part))
                .Select(fault => $"group {i} of its actions: {fault}"))];
        if (faults.Length > 0) return faults;
        var size = ActionGroups.Of(parts).Size;
        return size <= MostEntries ? [] : [$"its actions have {size} entries; {MostEntries} are the most"];
    }

    // The first fault of a kind is enough: others of it would say the same of other entries.
    private static IEnumerable<string> FaultsOf(BoxSpace box, string what)
    {
        var (low, high) = (box.Low?.Count ?? 0, box.High?.Count ?? 0);
        if (low == 0 || low != high)
            yield return $"its {what} box has {low} lower and {high} upper bounds";
        else if (low > MostEntries)
            yield return $"its {what} box has {low} entries; {MostEntries} are the most";
        else if (First(i => float.IsNaN(box.Low![i]) || float.IsNaN(box.High![i])) is { } none)
            yield return $"a bound of entry {none} of its {what} box is NaN";
        else if (First(i => box.Low![i] > box.High![i]) is { } swapped)
            yield return Told(swapped, "a lower bound may not lie above the upper one");
        else if (what == "action" && First(i => float.IsPositiveInfinity(box.Low![i]) || float.IsNegativeInfinity(box.High![i]))
            is { } empty)
            yield return Told(empty, "no action lies between them");

        int? First(Func<int, bool> isFaulty)
        {
            for (var i = 0; i < low; i++)
                if (isFaulty(i)) return i;
            return null;
        }

        string Told(int i, string why) => FormattableString.Invariant(
            $"entry {i} of its {what} box goes from {box.Low![i]} to {box.High![i]}: {why}");
    }

    // What is said of a task beforehand is what agents are built by. The size of a picture may be a setting, a task may
    // show less than its environment has, and bounds are those of the environment.
    private static IEnumerable<string> Differences(TaskInfo info, Space observation, Space action)
    {
        if (VectorOf(info.ObservationSpace) is { } promised && promised.Size != VectorOf(observation)?.Size)
            yield return $"it shows {observation} where its TaskInfo says {info.ObservationSpace}";
        if (Names(info.ObservationSpace) is { } told && told != Names(observation))
            yield return $"it shows {observation} where its TaskInfo says {info.ObservationSpace}";
        if (!ActionGroups.Of(action).Equals(ActionGroups.Of(info.ActionSpace)))
            yield return $"it takes {action} where its TaskInfo says {info.ActionSpace}";
        if (info.Observations.Count > 0 && info.Observations.Sum(entry => entry.Size) != info.VectorSize)
            yield return $"its TaskInfo names {info.Observations.Sum(entry => entry.Size)} entries of a vector of "
                + $"{info.VectorSize}";
        if (info.EpisodeSteps < 0)
            yield return $"its TaskInfo says that episodes have {info.EpisodeSteps} steps; 0 says that nobody knows";
        if (info.ActionNames.Count > 0 && info.ActionNames.Count != info.ActionSize)
            yield return $"its TaskInfo names {info.ActionNames.Count} of {info.ActionSize} actions";
    }

    private static string? Names(Space space) => space is NamedSpace named
        ? string.Join("/", named.Parts.Select(part => $"{part.Name} {part.Space.GetType().Name}")) : null;

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
