using Reverie.Environments;

namespace Reverie.Cli.Play;

/// <summary>What keys do in a task, worked out from its actions.</summary>
/// <remarks>
/// A dimension whose bounds lie on both sides of zero takes a pair of keys, the next one there is; one that begins at
/// zero takes a single key. A choice takes the arrow that its name suggests, and any choice its number. Choices that were
/// made of an odd number of values in each dimension have pairs of keys as well, which move one dimension alone.
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

    private readonly float[] idle;
    private readonly List<(ConsoleKey Key, int Index, float Value)> effects = [];
    private readonly bool oneHot;

    private KeyBindings(float[] idle, bool oneHot = false) => (this.idle, this.oneHot) = (idle, oneHot);

    /// <summary>Every key that does something, and what.</summary>
    public IReadOnlyList<string> Help { get; private init; } = [];

    /// <summary>What is done while no key is held.</summary>
    public IReadOnlyList<float> Idle => idle;

    /// <summary>The entry of the action that a key sets, and the value; a choice sets all others to 0.</summary>
    public IReadOnlyList<(ConsoleKey Key, int Index, float Value)> Effects => effects;

    /// <summary>The keys of a task.</summary>
    /// <param name="info">its names and its own bounds</param>
    /// <param name="actions">what an agent, and so a player, gives</param>
    /// <exception cref="ReverieException">its actions are of no known kind</exception>
    public static KeyBindings Of(TaskInfo info, Space actions) => actions switch
    {
        DiscreteSpace choices => OfChoices(info, choices),
        BoxSpace box when info.ActionSpace is BoxSpace bounds => OfBox(info.ActionNames, bounds, box),
        _ => throw new ReverieException($"task {info.Task} has actions that no keys can give ({actions})"),
    };

    /// <summary>The action that the keys held down come to.</summary>
    public float[] Action(IReadOnlyCollection<ConsoleKey> held)
    {
        var action = idle.ToArray();
        foreach (var (_, index, value) in effects.Where(effect => held.Contains(effect.Key)))
        {
            if (oneHot)
                action.AsSpan().Clear();
            action[index] = value;
        }
        return action;
    }

    private static KeyBindings OfBox(IReadOnlyList<string> names, BoxSpace bounds, BoxSpace outer)
    {
        var help = new List<string>();
        var bindings = new KeyBindings([.. Enumerable.Range(0, outer.Size).Select(i => IdleOf(bounds, i))]) { Help = help };
        var (next, spare) = (0, default(ConsoleKey));
        for (var i = 0; i < outer.Size && (next < Pairs.Length || spare != default); i++)
        {
            var name = i < names.Count ? names[i] : $"action {i}";
            if (bounds.Low[i] < 0 && next < Pairs.Length)
            {
                var (low, high) = Pairs[next++];
                bindings.effects.AddRange([(low, i, outer.Low[i]), (high, i, outer.High[i])]);
                help.Add($"{Word(low)} {Word(high)}: {name}");
            }
            else if (bounds.Low[i] >= 0)
            {
                var key = spare != default ? spare : Pairs[next].High;
                spare = spare != default ? default : Pairs[next++].Low;
                bindings.effects.Add((key, i, outer.High[i]));
                help.Add($"{Word(key)}: {name}");
            }
        }
        return bindings;
    }

    private static KeyBindings OfChoices(TaskInfo info, DiscreteSpace choices)
    {
        var help = new List<string>();
        var names = info.ActionSpace == choices ? info.ActionNames : [];
        var parts = info.ActionSpace is BoxSpace box && choices.Count % 2 == 1 ? box.Size : 0;
        var rest = parts > 0
            ? choices.Count / 2                                 // the middle of every dimension
            : Math.Max(0, names.ToList().FindIndex(name => name is "nothing" or "stay"));
        var bindings = new KeyBindings(choices.OneHot(rest), oneHot: true) { Help = help };
        for (var i = 0; i < choices.Count; i++)
        {
            var name = i < names.Count ? names[i] : $"choice {i}";
            if (i <= 9)
                bindings.effects.Add((ConsoleKey.D0 + i, i, 1));
            if (Arrows.TryGetValue(name, out var arrow))
                bindings.effects.Add((arrow, i, 1));
            if (i <= 9)
                help.Add(arrow == default ? $"{i}: {name}" : $"{i} {Word(arrow)}: {name}");
        }
        for (var i = 0; i < Math.Min(parts, Pairs.Length); i++)
        {
            var (low, high) = Pairs[i];
            var place = (int)Math.Round(Math.Pow(choices.Count, (double)i / parts));
            var middle = rest / place % (int)Math.Round(Math.Pow(choices.Count, 1.0 / parts));
            bindings.effects.AddRange([(low, rest - middle * place, 1), (high, rest + middle * place, 1)]);
            help.Add($"{Word(low)} {Word(high)}: {(i < info.ActionNames.Count ? info.ActionNames[i] : $"action {i}")}");
        }
        return bindings;
    }

    // What does nothing is zero, or the bound nearest to it, on the scale of −1 to 1 that the bounds are mapped to.
    private static float IdleOf(BoxSpace bounds, int i)
    {
        var (low, high) = (bounds.Low[i], bounds.High[i]);
        if (!float.IsFinite(low) || !float.IsFinite(high))
            return 0;
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
