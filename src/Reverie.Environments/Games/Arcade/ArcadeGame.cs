namespace Reverie.Environments.Games.Arcade;

/// <summary>
/// A game of the MinAtar benchmark (Young and Tian 2019): five arcade games without their pixels, on a field of 10 by 10
/// cells with a plane for each kind of thing.
/// </summary>
/// <remarks>
/// Written from the published rules. The vector has each cell's planes one after the other, cells row by row; the picture
/// shows the same in colours, a cell as 6 by 6 pixels, or as it is: a cell a pixel, a plane a channel. With
/// probability <see cref="ArcadeSettings.ArcadeSticky"/> a step repeats the move before it; the first of an episode follows <see cref="ArcadeMove.Stay"/>.
/// </remarks>
internal abstract class ArcadeGame : IEnvironment, IPictureSource
{
    /// <summary>Columns of the field, and rows.</summary>
    public const int Cells = 10;

    /// <summary>Steps after which an episode ends without a termination, which the benchmark has not.</summary>
    public const int EpisodeSteps = 10_000;

    private const int Side = 64, Cell = 6, Margin = (Side - Cells * Cell) / 2, Dark = 0x18_18_20, Frame = 0x30_30_3C;

    private readonly ArcadeSettings settings;
    private readonly BoxSpace vector;
    private float[] field;
    private ImageSpace? picture;
    private ArcadeMove last;

    /// <summary>Makes the game.</summary>
    /// <param name="settings">Sticky moves, ramping.</param>
    /// <param name="moves">The choices of the agent, in order.</param>
    /// <param name="seed">Same seed, same episodes.</param>
    protected ArcadeGame(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed)
    {
        (this.settings, Moves, Random) = (settings, moves, RandomSource.Derive((ulong)seed));
        (Choices, vector) = (new(moves.Count), VectorOf(Planes));
        field = new float[vector.Size];
    }

    /// <summary>Moves that the agent chooses from.</summary>
    public IReadOnlyList<ArcadeMove> Moves { get; }

    /// <summary>Kinds of things, in the benchmark's order.</summary>
    public abstract IReadOnlyList<ArcadePlane> Planes { get; }

    /// <summary>Each plane of each cell, 0 or 1.</summary>
    public Space ObservationSpace => vector;

    /// <inheritdoc/>
    public Space ActionSpace => Choices;

    /// <summary>Whether the picture is the planes themselves.</summary>
    public bool ShowsPlanes { get; init; }

    /// <inheritdoc/>
    public ImageSpace Picture => picture ??= PictureOf(Planes, ShowsPlanes);

    /// <summary>How often the game has become harder in this episode.</summary>
    public int Level { get; protected set; }

    private DiscreteSpace Choices { get; }

    protected RandomSource Random { get; private set; }

    protected bool Ramps => settings.ArcadeRamping;

    /// <summary>Whether the player has lost.</summary>
    protected bool IsOver { get; set; }

    /// <summary>Whether the time of the game is up, which is no loss.</summary>
    protected virtual bool IsTimeUp => false;

    /// <summary>Bounds of the vector observation of a game with such planes.</summary>
    public static BoxSpace VectorOf(IReadOnlyList<ArcadePlane> planes) => BoxSpace.Uniform(Cells * Cells * planes.Count, 0, 1);

    /// <summary>The picture of a game with such planes: in colours, or the planes themselves, on as 255.</summary>
    public static ImageSpace PictureOf(IReadOnlyList<ArcadePlane> planes, bool showsPlanes) => showsPlanes
        ? new(Cells, Cells, planes.Count) { Views = [.. planes.Select(plane => new ImageView(plane.Name, 1))] }
        : new(Side, Side);

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) Random = RandomSource.Derive((ulong)given);
        (IsOver, Level, last) = (false, 0, ArcadeMove.Stay);
        Begin();
        return Row(0) with { IsFirst = true };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The action is not one-hot.</exception>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var chosen = Moves[Choices.Choice(action)];
        if (Random.NextDouble() >= settings.ArcadeSticky) last = chosen;
        var reward = Play(last);
        return Row(reward) with { IsLast = IsOver || IsTimeUp, IsTerminal = IsOver };
    }

    /// <summary>The field in colours, of things in one cell the plane that comes first; or its planes.</summary>
    public byte[] Draw()
    {
        if (ShowsPlanes) return Array.ConvertAll(field, on => (byte)(255 * on));
        var picture = new byte[Picture.Size];
        Fill(picture, Frame, 0, 0, Side);
        for (var cell = 0; cell < Cells * Cells; cell++)
        {
            var first = field.AsSpan(cell * Planes.Count, Planes.Count).IndexOf(1f);
            Fill(picture, first < 0 ? Dark : Planes[first].Colour, Margin + cell % Cells * Cell, Margin + cell / Cells * Cell, Cell);
        }
        return picture;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Sets everything up for an episode.</summary>
    protected abstract void Begin();

    /// <summary>One step; returns its reward.</summary>
    protected abstract int Play(ArcadeMove move);

    /// <summary>Puts everything on the field, by <see cref="Put"/>.</summary>
    protected abstract void Show();

    /// <summary>Turns on a cell of a plane; one beside the field is left out.</summary>
    protected void Put(int plane, int x, int y)
    {
        if (IsInside(x) && IsInside(y)) field[(y * Cells + x) * Planes.Count + plane] = 1;
    }

    protected static bool IsInside(int place) => place is >= 0 and < Cells;

    protected static int Within(int place, int low = 0, int high = Cells - 1) => Math.Clamp(place, low, high);

    private TimeStep Row(double reward)
    {
        field = new float[vector.Size];
        Show();
        return new() { Image = [], Vector = field, Reward = reward };
    }

    private static void Fill(byte[] picture, int colour, int x, int y, int side)
    {
        ReadOnlySpan<byte> pixel = [(byte)(colour >> 16), (byte)(colour >> 8), (byte)colour];
        for (var row = y; row < y + side; row++)
            for (var column = x; column < x + side; column++)
                pixel.CopyTo(picture.AsSpan((row * Side + column) * pixel.Length));
    }
}
