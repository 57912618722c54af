namespace Reverie.Cli.Play;

/// <summary>
/// Which keys are down. A terminal tells presses and their repeats, and nothing when a key is let go: so a key counts
/// as held for a while after each.
/// </summary>
internal sealed class HeldKeys(TimeProvider clock)
{
    // Repeats begin late and then come fast.
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(300), Repeated = TimeSpan.FromMilliseconds(120);

    private readonly Dictionary<ConsoleKey, DateTimeOffset> until = [];

    /// <summary>A key was pressed or repeated.</summary>
    public void Press(ConsoleKey key)
    {
        var now = clock.GetUtcNow();
        var isDown = until.TryGetValue(key, out var end) && end > now;
        if (Opposite(key) is { } other)
            until.Remove(other);
        until[key] = isDown && end > now + Repeated ? end : now + (isDown ? Repeated : First);
    }

    /// <summary>Those that are held now.</summary>
    public IReadOnlyCollection<ConsoleKey> Now()
    {
        var now = clock.GetUtcNow();
        return [.. until.Where(key => key.Value > now).Select(key => key.Key)];
    }

    /// <summary>Lets go of all.</summary>
    public void Clear() => until.Clear();

    private static ConsoleKey? Opposite(ConsoleKey key) => key switch
    {
        ConsoleKey.LeftArrow => ConsoleKey.RightArrow,
        ConsoleKey.RightArrow => ConsoleKey.LeftArrow,
        ConsoleKey.UpArrow => ConsoleKey.DownArrow,
        ConsoleKey.DownArrow => ConsoleKey.UpArrow,
        _ => null,
    };
}
