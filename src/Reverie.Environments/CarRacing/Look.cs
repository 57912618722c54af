using System.Globalization;

namespace Reverie.Environments.CarRacing;

/// <summary>One of the two ways in which the original draws the same race.</summary>
public sealed record Look
{
    private static readonly byte[] CommonEnd =
    [
        255, 255, 255, 255, 0, 0, 204, 0, 0, 0, 0, 0, 0, 0, 255, 51, 0, 255, 0, 255, 0,
    ];

    private Look(string name) => Name = name;

    /// <summary>The paper's: gym's window of 1200 by 1000, drawn into few pixels without smoothing; up is where the car
    /// moves.</summary>
    public static Look V0 { get; } = new("v0")
    {
        WindowWidth = 1200,
        WindowHeight = 1000,
        FollowsVelocity = true,
        ScoreHeight = 48,
        ScoreLeft = 20,
        Palette = Colours(102, 105, 107, stripe: 76),
        ScoreText = score => Padded(Math.Truncate(score) + 0),
    };

    /// <summary>Gymnasium's: drawn at 1000 by 800 and shrunk; up is where the hull points.</summary>
    public static Look V3 { get; } = new("v3")
    {
        WindowWidth = 1000,
        WindowHeight = 800,
        IsShrunk = true,
        LeavesOutSmall = true,
        ScoreHeight = 42,
        ScoreCentre = 60,
        Palette = Colours(102, 104, 107, stripe: 77),
        ScoreText = score => Padded(Math.Round(score) + 0),
    };

    /// <summary><c>v0</c> or <c>v3</c>.</summary>
    public string Name { get; }

    /// <summary>Width of the window that a picture is thought to be.</summary>
    internal int WindowWidth { get; private init; }

    /// <summary>Its height.</summary>
    internal int WindowHeight { get; private init; }

    /// <summary>Whether up is the direction of motion, where there is any.</summary>
    internal bool FollowsVelocity { get; private init; }

    /// <summary>Whether the window is drawn whole and shrunk.</summary>
    internal bool IsShrunk { get; private init; }

    /// <summary>Whether indicators of next to nothing are left out.</summary>
    internal bool LeavesOutSmall { get; private init; }

    /// <summary>Height of the score's type, in pixels of the window.</summary>
    internal double ScoreHeight { get; private init; }

    /// <summary>Where the score begins; null where it is centred.</summary>
    internal double? ScoreLeft { get; private init; }

    /// <summary>Where its middle is, if it is centred.</summary>
    internal double ScoreCentre { get; private init; }

    /// <summary>Red, green and blue of each <see cref="Paint"/>.</summary>
    internal byte[] Palette { get; private init; } = [];

    /// <summary>The score in letters.</summary>
    internal Func<double, string> ScoreText { get; private init; } = score => "";

    /// <summary>The look that the configuration calls <c>v0</c> or <c>v3</c>.</summary>
    /// <exception cref="ConfigurationException">Another name.</exception>
    public static Look Named(string name) => name switch
    {
        "v0" => V0,
        "v3" => V3,
        _ => throw new ConfigurationException($"environment.car_look is v0 or v3, not '{name}'"),
    };

    private static byte[] Colours(byte road, byte lighter, byte lightest, byte stripe)
    {
        byte[] colours =
        [
            0, 0, 0, 102, 204, 102, 102, 230, 102,
            road, road, road, lighter, lighter, lighter, lightest, lightest, lightest, .. CommonEnd,
        ];
        colours.AsSpan(3 * (int)Paint.Stripe, 3).Fill(stripe);
        return colours;
    }

    // Four places, the sign being one of them; − 0 was made 0.
    private static string Padded(double whole) => whole.ToString(whole < 0 ? "000" : "0000", CultureInfo.InvariantCulture);
}
