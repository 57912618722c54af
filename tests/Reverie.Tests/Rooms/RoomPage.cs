namespace Reverie.Tests.Rooms;

/// <summary>The rooms of <c>docs/design.md</c>: a line each, the uppermost first, with those that it knows. A room is a
/// namespace; one whose name ends in <c>.*</c> has what lies in it as well.</summary>
/// <param name="lines">Such as <c>Models.* ► Replay.*, Environments</c>; names without <c>Reverie.</c></param>
internal sealed class RoomPage(IReadOnlyList<string> lines)
{
    private const string Arrow = "►", Within = ".*", House = "Reverie";

    private readonly (string Room, string[] Knows)[] rooms = [.. lines.Select(line =>
    {
        var parts = line.Split(Arrow);
        return (parts[0].Trim(), parts.Length < 2 ? []
            : parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    })];

    /// <summary>Reads the block of the page that has the arrows.</summary>
    public static RoomPage Read(string page)
    {
        // A line that begins with a comma or a blank goes on with the one before it.
        var block = File.ReadLines(page).SkipWhile(line => line != "```rooms").Skip(1).TakeWhile(line => line != "```");
        var lines = new List<string>();
        foreach (var line in block)
            if (char.IsWhiteSpace(line[0]) && lines.Count > 0) lines[^1] += line;
            else lines.Add(line);
        return new RoomPage(lines);
    }

    /// <summary>What is wrong between the page and the assemblies, a line each.</summary>
    /// <param name="references">Of all assemblies.</param>
    public IEnumerable<string> Faults(IEnumerable<Reference> references) =>
        FaultsOfPage().Concat(FaultsOf(references.Where(one => IsOurs(one.From) && IsOurs(one.To)).ToArray()));

    private IEnumerable<string> FaultsOfPage()
    {
        for (var i = 0; i < rooms.Length; i++)
            foreach (var known in rooms[i].Knows)
                if (Place(known) is var place && place < 0)
                    yield return $"{rooms[i].Room} {Arrow} {known}: the page has no line for {known}";
                else if (place <= i)
                    yield return $"{rooms[i].Room} {Arrow} {known}: on the page this arrow goes up";
    }

    private IEnumerable<string> FaultsOf(IReadOnlyList<Reference> references)
    {
        var homeless = references.SelectMany(one => new[] { one.From, one.To }).Distinct()
            .Where(name => RoomOf(name) is null).ToHashSet();
        foreach (var name in homeless)
            yield return $"{name}: the page has no line for this namespace";
        var arrows = references.Where(one => !homeless.Contains(one.From) && !homeless.Contains(one.To))
            .GroupBy(one => (From: RoomOf(one.From)!, To: RoomOf(one.To)!)).Where(one => one.Key.From != one.Key.To)
            .ToDictionary(one => one.Key, one => one.First());
        foreach (var ((from, to), cause) in arrows)
            if (!rooms[Place(from)].Knows.Contains(to))
                yield return $"{from} {Arrow} {to}: {cause.Member} knows {cause.Known}"
                    + (arrows.TryGetValue((to, from), out var back) ? $", and {back.Member} {back.Known}: a circle"
                        : Place(to) < Place(from) ? $": {to} lies above {from}" : ": the page has no such arrow");
        foreach (var (room, knows) in rooms)
            foreach (var known in knows)
                if (!arrows.ContainsKey((room, known)))
                    yield return $"{room} {Arrow} {known}: nothing in {room} knows {known} any more; take it off the page";
    }

    private static bool IsOurs(string name) => name == House || name.StartsWith(House + ".", StringComparison.Ordinal);

    private int Place(string room) => Array.FindIndex(rooms, one => one.Room == room);

    /// <summary>Where the room of a namespace stands, 0 for the uppermost.</summary>
    public int PlaceOf(string name) => RoomOf(name) is { } room ? Place(room)
        : throw new ArgumentException($"{name}: the page has no line for this namespace", nameof(name));

    // The room of its own, or the innermost that has what lies in it.
    private string? RoomOf(string name)
    {
        var own = name == House ? House : name[(House.Length + 1)..];
        if (Place(own) >= 0) return own;
        for (var outer = own; ; outer = outer[..outer.LastIndexOf('.')])
        {
            if (Place(outer + Within) >= 0) return outer + Within;
            if (!outer.Contains('.')) return null;
        }
    }
}
