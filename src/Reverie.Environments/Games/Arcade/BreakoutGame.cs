namespace Reverie.Environments.Games.Arcade;

/// <summary>
/// Breakout: a paddle in the bottom row keeps a ball up that takes bricks away, three rows of ten. Each gives 1; when
/// none is left and the ball comes down, there are thirty new ones. It ends when the ball passes the paddle.
/// </summary>
/// <remarks>
/// The ball moves along diagonals, a cell a step. It turns at walls, at bricks, and at the paddle: upwards where the ball
/// was above the paddle, back the way it came where it would have entered the paddle from the side. A ball that has
/// struck a brick passes through bricks until it has been in none for a step.
/// </remarks>
internal sealed class BreakoutGame(ArcadeSettings settings, IReadOnlyList<ArcadeMove> moves, int seed) : ArcadeGame(settings, moves, seed)
{
    private const int Paddle = 0, Ball = 1, Trail = 2, Brick = 3;
    private const int Bottom = Cells - 1, FirstWall = 1, LastWall = 3, FullRow = (1 << Cells) - 1;

    private readonly int[] wall = new int[Cells];       // by rows, a bit for each brick
    private int paddle;
    private (int X, int Y) ball, before, way;
    private bool strikes;

    /// <summary>What the vector has.</summary>
    public static IReadOnlyList<ArcadePlane> Things { get; } =
        [new("paddle", 0x46A0FA), new("ball", 0xFAF0E0), new("trail", 0x807860), new("brick", 0xD0583C)];

    /// <summary>Moves that do something.</summary>
    public static IReadOnlyList<ArcadeMove> Minimal { get; } = [ArcadeMove.Stay, ArcadeMove.Left, ArcadeMove.Right];

    /// <inheritdoc/>
    public override IReadOnlyList<ArcadePlane> Planes => Things;

    protected override void Begin()
    {
        var isRight = Random.NextInt(2) == 1;
        (paddle, strikes, ball, way) = (4, false, (isRight ? Bottom : 0, LastWall), (isRight ? -1 : 1, 1));
        before = ball;
        Array.Clear(wall);
        Build();
    }

    protected override int Play(ArcadeMove move)
    {
        var reward = 0;
        if (move == ArcadeMove.Left) paddle = Within(paddle - 1);
        if (move == ArcadeMove.Right) paddle = Within(paddle + 1);
        before = ball;
        var (x, y) = (ball.X + way.X, ball.Y + way.Y);
        if (!IsInside(x)) (x, way.X) = (Within(x), -way.X);
        var isInBrick = false;
        if (y < 0)
        {
            (y, way.Y) = (0, -way.Y);
        }
        else if ((wall[y] >> x & 1) == 1)
        {
            isInBrick = true;
            if (!strikes)
            {
                wall[y] &= ~(1 << x);
                (reward, strikes, y, way.Y) = (1, true, ball.Y, -way.Y);
            }
        }
        else if (y == Bottom)
        {
            if (wall.All(row => row == 0)) Build();
            if (ball.X == paddle) (y, way.Y) = (ball.Y, -way.Y);
            else if (x == paddle) (y, way) = (ball.Y, (-way.X, -way.Y));
            else IsOver = true;
        }
        strikes &= isInBrick;
        ball = (x, y);
        return reward;
    }

    protected override void Show()
    {
        Put(Paddle, paddle, Bottom);
        Put(Ball, ball.X, ball.Y);
        Put(Trail, before.X, before.Y);
        for (var y = FirstWall; y <= LastWall; y++)
            for (var x = 0; x < Cells; x++)
                if ((wall[y] >> x & 1) == 1) Put(Brick, x, y);
    }

    private void Build()
    {
        for (var row = FirstWall; row <= LastWall; row++) wall[row] = FullRow;
    }
}
