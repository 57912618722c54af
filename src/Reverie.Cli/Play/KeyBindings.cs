using Reverie.Environments;

namespace Reverie.Cli.Play;

/// <summary>What keys do in a task, worked out from its actions.</summary>
/// <remarks>
/// A dimension whose bounds lie on both sides of zero takes a pair of keys, the next one there is; one that begins at
/// zero takes a single key. A choice takes the arrow that its name suggests, and any choice its number. Choices that were
/// made of an odd number of values in each dimension have pairs of keys as well, which move one dimension alone. Where actions
/// have groups, the first choice has the numbers and arrows, and others letters that are free.
/// </remarks>
internal sealed class KeyBindings
{
    private static readonly (ConsoleKey Low, ConsoleKey High)[] Pairs =
    [
        (ConsoleKey.LeftArrow, ConsoleKey.RightArrow), (ConsoleKey.DownArrow, ConsoleKey.UpArrow),
        (ConsoleKey.A, ConsoleKey.D), (ConsoleKey.S, ConsoleKey.W), (ConsoleKey.J, ConsoleKey.L),
        (ConsoleKey.K, ConsoleKey.I),
    ];

    private static readonly Dictionary<string, ConsoleKey> Arrows = new()
    {
        ["left"] = ConsoleKey.LeftArrow,
        ["right"] = ConsoleKey.RightArrow,
        ["up"] = ConsoleKey.UpArrow,
        ["gas"] = ConsoleKey.UpArrow,
        ["down"] = ConsoleKey.DownArrow,
        ["brake"] = ConsoleKey.DownArrow,
    };

    private static readonly ConsoleKey[] Letters =
    [
        ConsoleKey.Z, ConsoleKey.X, ConsoleKey.C, ConsoleKey.V, ConsoleKey.B, ConsoleKey.N, ConsoleKey.M,
        ConsoleKey.T, ConsoleKey.Y, ConsoleKey.U, ConsoleKey.F, ConsoleKey.G, ConsoleKey.H, ConsoleKey.O, ConsoleKey.P,
    ];

    private readonly ActionGroups groups;
    private readonly float[] idle;
    private readonly List<string> help = [];
    private readonly List<(ConsoleKey Key, int Index, float Value)> effects = [];
    private readonly bool takesArrows;      // a box, so that choices beside it leave them
    private int pairs, letters;             // given away
    private bool hasNumbers;

    private KeyBindings(TaskInfo info, Space actions)
    {
        groups = ActionGroups.Of(actions);
        idle = new float[groups.Size];
        takesArrows = groups.Any(group => !group.IsChoice);
        var names = groups.Equals(ActionGroups.Of(info.ActionSpace)) ? info.ActionNames : [];
        for (var g = 0; g < groups.Count; g++)
        {
            var (part, own) = (PartOf(actions, g), PartOf(info.ActionSpace, g));
            var named = names.Skip(groups[g].Start).Take(groups[g].Size).ToArray();
            if (part is DiscreteSpace choices) AddChoices(groups[g], choices, named, own, info.ActionNames);
            else AddBox(groups[g], (BoxSpace)part, named, own as BoxSpace ?? (BoxSpace)part);
        }
    }

    /// <summary>Every key that does something, and what.</summary>
    public IReadOnlyList<string> Help => help;

    /// <summary>What is done while no key is held.</summary>
    public IReadOnlyList<float> Idle => idle;

    /// <summary>The entry of the action that a key sets, and the value; a choice sets all others of its group to 0.</summary>
    public IReadOnlyList<(ConsoleKey Key, int Index, float Value)> Effects => effects;

    /// <summary>The keys of a task.</summary>
    /// <param name="info">its names and its own bounds</param>
    /// <param name="actions">what an agent, and so a player, gives</param>
    /// <exception cref="ReverieException">its actions are of no known kind</exception>
    public static KeyBindings Of(TaskInfo info, Space actions) => actions is BoxSpace or DiscreteSpace or GroupedSpace
        ? new(info, actions)
        : throw new ReverieException($"task {info.Task} has actions that no keys can give ({actions})");

    /// <summary>The action that the keys held down come to.</summary>
    public float[] Action(IReadOnlyCollection<ConsoleKey> held)
    {
        var action = idle.ToArray();
        foreach (var (_, index, value) in effects.Where(effect => held.Contains(effect.Key)))
        {
            var group = groups.Last(one => one.Start <= index);
            if (group.IsChoice)
                action.AsSpan(group.Start, group.Size).Clear();
            action[index] = value;
        }
        return action;
    }

    private static Space PartOf(Space actions, int group) => actions is GroupedSpace parts ? parts.Groups[group] : actions;

    private void AddBox(ActionGroup group, BoxSpace outer, string[] names, BoxSpace bounds)
    {
        var spare = default(ConsoleKey);
        for (var i = 0; i < outer.Size; i++)
        {
            var at = group.Start + i;
            idle[at] = IdleOf(bounds, i);
            if (pairs == Pairs.Length && spare == default)
                continue;
            var name = i < names.Length ? names[i] : $"action {at}";
            if (bounds.Low[i] < 0 && pairs < Pairs.Length)
            {
                var (low, high) = Pairs[pairs++];
                effects.AddRange([(low, at, outer.Low[i]), (high, at, outer.High[i])]);
                help.Add($"{Word(low)} {Word(high)}: {name}");
            }
            else if (bounds.Low[i] >= 0)
            {
                var key = spare != default ? spare : Pairs[pairs].High;
                spare = spare != default ? default : Pairs[pairs++].Low;
                effects.Add((key, at, outer.High[i]));
                help.Add($"{Word(key)}: {name}");
            }
        }
    }

    private void AddChoices(ActionGroup group, DiscreteSpace choices, string[] names, Space own, IReadOnlyList<string> ownNames)
    {
        // Made of a box: the middle of every dimension is at rest.
        var parts = own is BoxSpace box && choices.Count % 2 == 1 ? box.Size : 0;
        var rest = parts > 0 ? choices.Count / 2
            : Math.Max(0, Array.FindIndex(names, name => name is "nothing" or "stay"));
        idle[group.Start + rest] = 1;
        var isFirst = !hasNumbers;
        hasNumbers = true;
        for (var i = 0; i < choices.Count; i++)
        {
            var name = i < names.Length ? names[i] : $"choice {i}";
            var arrow = isFirst && !takesArrows ? Arrows.GetValueOrDefault(name) : default;
            var key = isFirst ? i <= 9 ? ConsoleKey.D0 + i : default
                : i != rest && letters < Letters.Length ? Letters[letters++] : default;
            foreach (var one in new[] { key, arrow }.Where(one => one != default))
                effects.Add((one, group.Start + i, 1));
            var word = key is >= ConsoleKey.D0 and <= ConsoleKey.D9 ? $"{key - ConsoleKey.D0}" : Word(key);
            if (key != default)
                help.Add(arrow == default ? $"{word}: {name}" : $"{word} {Word(arrow)}: {name}");
        }
        for (var i = 0; i < Math.Min(parts, Pairs.Length); i++)
        {
            var (low, high) = Pairs[i];
            var place = (int)Math.Round(Math.Pow(choices.Count, (double)i / parts));
            var middle = rest / place % (int)Math.Round(Math.Pow(choices.Count, 1.0 / parts));
            effects.AddRange([(low, rest - middle * place, 1), (high, rest + middle * place, 1)]);
            help.Add($"{Word(low)} {Word(high)}: {(i < ownNames.Count ? ownNames[i] : $"action {i}")}");
        }
    }

    // What does nothing is zero, or the bound nearest to it, on the scale of −1 to 1 that the bounds are mapped to.
    private static float IdleOf(BoxSpace bounds, int i)
    {
        var (low, high) = (bounds.Low[i], bounds.High[i]);
        if (!float.IsFinite(low) || !float.IsFinite(high))
            return low >= 0 ? -1 : high <= 0 ? 1 : 0;
        return (Math.Clamp(0, low, high) - low) / (high - low) * 2 - 1;
    }

    private static string Word(ConsoleKey key) => key switch
    {
        ConsoleKey.LeftArrow => "←",
        ConsoleKey.RightArrow => "→",
        ConsoleKey.UpArrow => "↑",
        ConsoleKey.DownArrow => "↓",
        _ => key.ToString(),
    };
}
