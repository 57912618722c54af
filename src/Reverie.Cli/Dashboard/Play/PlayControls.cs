using Reverie.Cli.Play;
using Reverie.Dreams;
using Reverie.Environments;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>What there is to control in a dream, as the page draws it.</summary>
internal sealed record PlayControls
{
    private const double RateOfTimeless = 10;

    /// <summary>What of the action is decided by itself: one of several choices, one-hot, or a point.</summary>
    public required IReadOnlyList<ActionGroup> Groups { get; init; }

    /// <summary>The entries of the action, as they are sent and in the task's own units.</summary>
    public required IReadOnlyList<PlayControl> Entries { get; init; }

    /// <summary>What keys do, by the browser's names for them (<c>KeyboardEvent.code</c>).</summary>
    public required IReadOnlyList<PlayKey> Keys { get; init; }

    /// <summary>Decisions a second that pass as fast as in the task's own time; 10 where it has none.</summary>
    public required double Rate { get; init; }

    /// <summary>Whether <see cref="Rate"/> is the task's own.</summary>
    public required bool HasTime { get; init; }

    /// <summary>Those of a run's task.</summary>
    /// <exception cref="ReverieException">Its actions are of no known kind.</exception>
    public static PlayControls Of(DreamModel model, Space actions)
    {
        var (info, own) = (EnvironmentRegistry.Find(model.Config.Task), model.Config.Environment.ActionRepeat);
        var (bindings, groups) = (KeyBindings.Of(info, actions), ActionGroups.Of(actions));
        var seconds = info.StepSeconds * (own > 0 ? own : info.ActionRepeat);
        return new PlayControls
        {
            Groups = [.. groups],
            Entries = [.. groups.SelectMany((group, g) => Enumerable.Range(0, group.Size)
                .Select(i => Entry(info, groups, PartOf(actions, g), PartOf(info.ActionSpace, g), group.Start, i,
                    bindings.Idle[group.Start + i])))],
            Keys = [.. bindings.Effects.Select(effect => new PlayKey(Code(effect.Key), effect.Index, effect.Value))],
            Rate = seconds > 0 ? 1 / seconds : RateOfTimeless,
            HasTime = seconds > 0,
        };
    }

    private static Space PartOf(Space actions, int group) => actions is GroupedSpace parts ? parts.Groups[group] : actions;

    // Choices that were made of a box have no names of their own.
    private static PlayControl Entry(TaskInfo info, ActionGroups groups, Space part, Space own, int start, int i, float idle)
    {
        var isOwn = part is BoxSpace || own is DiscreteSpace;
        var name = isOwn && info.ActionNames.Count == groups.Size ? info.ActionNames[start + i]
            : part is BoxSpace ? $"action {start + i}" : $"choice {i}";
        if (part is not BoxSpace box || own is not BoxSpace bounds)
            return new PlayControl(name, 0, 1, 0, 1, idle);
        var (low, high) = (Finite(box.Low[i]), Finite(box.High[i]));
        return float.IsFinite(bounds.Low[i]) && float.IsFinite(bounds.High[i])
            ? new PlayControl(name, low, high, bounds.Low[i], bounds.High[i], idle)
            : new PlayControl(name, low, high, low, high, idle);
    }

    // A slider has ends, even where the space has none.
    private static float Finite(float bound) => Math.Clamp(bound, -1, 1);

    private static string Code(ConsoleKey key) => key switch
    {
        ConsoleKey.LeftArrow => "ArrowLeft",
        ConsoleKey.RightArrow => "ArrowRight",
        ConsoleKey.UpArrow => "ArrowUp",
        ConsoleKey.DownArrow => "ArrowDown",
        >= ConsoleKey.D0 and <= ConsoleKey.D9 => $"Digit{key - ConsoleKey.D0}",
        _ => $"Key{key}",
    };
}
