namespace Reverie.Environments.Games;

/// <summary>
/// Catch: balls fall one after another, a paddle below moves one column left, stays, or moves one column right. A ball
/// caught gives +1, a missed one −1, everything else 0. The episode terminates with its last ball.
/// </summary>
/// <remarks>
/// The field has 8 by 8 cells of 8 pixels. A ball starts in the top row, in a random column, and falls a row per step;
/// in the step after it has landed the next one appears. n balls take 8n − 1 steps. Seven moves reach every column, so
/// that the best return is n. The paddle of a player who moves at random is in every column equally often, wherever the
/// ball is, so that such a player's mean return is n·(1/8 − 7/8) = −¾n.
/// </remarks>
public sealed class CatchGame : IEnvironment, IPictureSource
{
    /// <summary>Columns of the field, and rows.</summary>
    public const int Cells = 8;

    /// <summary>Number of the choice.</summary>
    public const int Left = 0, Stay = 1, Right = 2;

    private const int Cell = 8, Bottom = Cells - 1, BarHeight = 2;

    private static readonly byte[] Field = [24, 24, 40], Ball = [250, 210, 60], Paddle = [70, 160, 250],
        Bar = [90, 200, 110];

    /// <summary>What the vector observation is made of, in order.</summary>
    internal static readonly ObservationEntry[] Observations = [new("ball", 2), new("paddle", 1), new("left", 1)];

    /// <summary>Its bounds.</summary>
    internal static readonly BoxSpace Vector = BoxSpace.Uniform(4, -1, 1);

    private readonly int balls;
    private RandomSource random;
    private int ballColumn, ballRow, paddleColumn, left;

    /// <summary>Makes the game.</summary>
    /// <param name="balls">n, balls of an episode.</param>
    /// <param name="seed">Same seed, same episodes.</param>
    public CatchGame(int balls, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(balls);
        (this.balls, random) = (balls, RandomSource.Derive((ulong)seed));
    }

    /// <summary>Left, stay, right.</summary>
    public static DiscreteSpace Choices { get; } = new(3);

    /// <summary>Column and row of the ball and column of the paddle, −1 left or top to 1 right or bottom; the part of
    /// the balls that is still to land.</summary>
    public Space ObservationSpace => Vector;

    /// <inheritdoc/>
    public Space ActionSpace => Choices;

    /// <inheritdoc/>
    public ImageSpace Picture { get; } = new(Cells * Cell, Cells * Cell);

    /// <summary>Steps of an episode.</summary>
    public static int EpisodeSteps(int balls) => Cells * balls - 1;

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given)
            random = RandomSource.Derive((ulong)given);
        (left, paddleColumn) = (balls, random.NextInt(Cells));
        Drop();
        return Row() with { IsFirst = true };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The action is not one-hot.</exception>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        paddleColumn = Math.Clamp(paddleColumn + Choices.Choice(action) - Stay, 0, Cells - 1);
        if (ballRow == Bottom)
            Drop();
        else
            ballRow++;
        if (ballRow < Bottom)
            return Row();
        left--;
        return Row() with
        {
            Reward = ballColumn == paddleColumn ? 1 : -1,
            IsLast = left == 0,
            IsTerminal = left == 0,
        };
    }

    /// <summary>The field, with a bar along its upper edge as long as balls are left.</summary>
    public byte[] Draw()
    {
        var picture = new byte[Picture.Size];
        Fill(picture, Field, 0, 0, Picture.Width, Picture.Height);
        Fill(picture, Ball, ballColumn * Cell, ballRow * Cell, Cell, Cell);
        // Half a cell, so that a ball that was caught is seen as well as the paddle that did it.
        Fill(picture, Paddle, paddleColumn * Cell, Bottom * Cell + Cell / 2, Cell, Cell / 2);
        Fill(picture, Bar, 0, 0, Picture.Width * left / balls, BarHeight);
        return picture;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Drop() => (ballColumn, ballRow) = (random.NextInt(Cells), 0);

    private TimeStep Row() => new()
    {
        Image = [],
        Vector = [Place(ballColumn), Place(ballRow), Place(paddleColumn), left / (float)balls],
    };

    private static float Place(int cell) => 2f * cell / (Cells - 1) - 1;

    private void Fill(byte[] picture, byte[] colour, int x, int y, int width, int height)
    {
        for (var row = y; row < y + height; row++)
            for (var column = x; column < x + width; column++)
                colour.CopyTo(picture.AsSpan((row * Picture.Width + column) * Picture.Channels));
    }
}
