namespace Reverie.Environments.Gymnasium;

/// <summary>What a child says of its environment before anything else.</summary>
internal sealed record GymnasiumDescription
{
    /// <summary>A module that is missing; all else is then unset.</summary>
    public string? Missing { get; init; }

    /// <summary>Why there is no environment; all else is then unset.</summary>
    public string? Error { get; init; }

    /// <summary>Versions and name.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Its own pictures, or the one that it draws; empty where there are none.</summary>
    public IReadOnlyList<GymnasiumPicture> Pictures { get; init; } = [];

    /// <summary>Whether the pictures are drawn on demand, and are no part of the observation.</summary>
    public bool Rendered { get; init; }

    /// <summary>Why there are no pictures; null where there are.</summary>
    public string? NoPicture { get; init; }

    /// <summary>Name and size of each part of the vector.</summary>
    public IReadOnlyList<ObservationEntry> Entries { get; init; } = [];

    /// <summary>Lower bounds of the vector; null is none.</summary>
    public float?[] Low { get; init; } = [];

    /// <summary>Upper ones.</summary>
    public float?[] High { get; init; } = [];

    /// <summary>What may be done.</summary>
    public GymnasiumActions Action { get; init; } = new();

    /// <summary>Whether rows tell what may be chosen next.</summary>
    public bool Masked { get; init; }

    /// <summary>Steps after which it truncates an episode; 0 where it never does.</summary>
    public int Steps { get; init; }

    /// <summary>Parts of the observation that are not shown.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The observation as it is shown: pictures in colours, by name where there are several.</summary>
    public Space Observation => Pictures.Count > 1 ? Named : Image is not { } image ? Vector
        : Low.Length == 0 ? image : new MixedSpace(image, Vector);

    /// <summary>The picture; null where there is none, or more than one.</summary>
    public ImageSpace? Image => Pictures is [var only] ? only.Space : null;

    /// <summary>Bytes of all pictures.</summary>
    public int Pixels => Pictures.Sum(picture => picture.Space.Size);

    private NamedSpace Named
    {
        get
        {
            var (parts, vector, at) = (Pictures.Select(one => new NamedPart(one.Name, one.Space)).ToList(), Vector, 0);
            foreach (var (name, size) in Entries)
            {
                parts.Add(new(name, new BoxSpace([.. vector.Low.Skip(at).Take(size)], [.. vector.High.Skip(at).Take(size)])));
                at += size;
            }
            return new([.. parts]);
        }
    }

    /// <summary>The vector alone.</summary>
    public BoxSpace Vector => Box(Low, High);

    /// <summary>The actions.</summary>
    public Space Actions => Action.ToSpace(Masked);

    /// <summary>From what a child wrote.</summary>
    /// <param name="line">JSON.</param>
    /// <param name="who">Whom a fault is told of.</param>
    /// <exception cref="ReverieException">It is no description of an environment; one line that says why.</exception>
    public static GymnasiumDescription From(ReadOnlyMemory<byte> line, string who) =>
        new DescriptionReader(who).Read(line);

    internal static BoxSpace Box(float?[] low, float?[] high) => new(
        Array.ConvertAll(low, bound => bound ?? float.NegativeInfinity),
        Array.ConvertAll(high, bound => bound ?? float.PositiveInfinity));
}

/// <summary>One of the pictures, three channels.</summary>
internal sealed record GymnasiumPicture(string Name, int Rows, int Columns)
{
    public ImageSpace Space => new(Rows, Columns);
}

/// <summary>Actions as a child describes them: a number of choices, bounds, or groups of both.</summary>
internal sealed record GymnasiumActions
{
    public int? Choices { get; init; }
    public float?[] Low { get; init; } = [];
    public float?[] High { get; init; } = [];
    public IReadOnlyList<GymnasiumActions> Groups { get; init; } = [];

    /// <summary>The same as a space; one group is no groups.</summary>
    /// <param name="masked">Whether its choices are.</param>
    public Space ToSpace(bool masked) => Groups switch
    {
        [] => Choices is { } count ? new DiscreteSpace(count) { IsMasked = masked } : GymnasiumDescription.Box(Low, High),
        [var only] => only.ToSpace(masked),
        _ => new GroupedSpace([.. Groups.Select(group => group.ToSpace(masked))]),
    };

    /// <summary>Whether there is anything to choose.</summary>
    public bool HasChoices => Choices is not null || Groups.Any(group => group.HasChoices);

    /// <summary>Whether it is sent as the number of a choice, in place of a vector.</summary>
    public bool IsNumber => Groups.Count == 0 && Choices is not null;
}
