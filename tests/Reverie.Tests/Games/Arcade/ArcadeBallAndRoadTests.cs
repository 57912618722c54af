using Reverie.Environments.Games.Arcade;

namespace Reverie.Tests.Games.Arcade;

/// <summary>Breakout and Freeway, by sequences worked out by hand from the published rules.</summary>
public sealed class ArcadeBallAndRoadTests
{
    private static readonly ArcadeMove[] All = Enum.GetValues<ArcadeMove>();

    [Fact]
    public void TheBallComesDownFromTheWallAndIsLost()
    {
        var field = Breakout(fromLeft: true);
        Assert.Equal([(0, 3)], field.Cells('o'));
        Assert.Equal([(4, 9)], field.Cells('_'));
        Assert.Equal(30, field.Cells('#').Length);
        Assert.Equal(0, field.Play("....."));
        Assert.Equal([(5, 8)], field.Cells('o'));
        Assert.Equal([(4, 7)], field.Cells('t'));
        Assert.False(field.Row.IsLast);
        field.Play(".");
        Assert.Equal((true, true), (field.Row.IsLast, field.Row.IsTerminal));
    }

    [Theory]
    [InlineData("r.....", 5, 8, 6, 7)]      // the ball was above the paddle: it goes up, on to the right
    [InlineData("rr....", 6, 8, 5, 7)]      // it would have entered the paddle: it goes back the way it came
    public void ThePaddleReturnsTheBall(string moves, int paddle, int y, int nextX, int nextY)
    {
        var field = Breakout(fromLeft: true);
        field.Play(moves);
        Assert.Equal([(paddle, 9)], field.Cells('_'));
        Assert.Equal([(6, y)], field.Cells('o'));
        field.Play(".");
        // Upwards from column 6: to the right in the one case, to the left in the other.
        Assert.Equal([(moves[1] == 'r' ? nextX : nextX + 1, nextY)], field.Cells('o'));
    }

    [Fact]
    public void ABrickGivesOneAndTurnsTheBall()
    {
        var field = Breakout(fromLeft: true);
        // Down to (5, 8), up from (6, 8) to the right wall at (9, 5), and there into row 3 at (8, 3).
        Assert.Equal(0, field.Play("r........."));
        Assert.Equal([(9, 4)], field.Cells('o'));
        Assert.Equal(1, field.Play("."));
        Assert.Equal([(8, 4)], field.Cells('o'));
        Assert.Equal(29, field.Cells('#').Length);
        Assert.DoesNotContain((8, 3), field.Cells('#'));
        Assert.Equal(0, field.Play("."));
        Assert.Equal([(7, 5)], field.Cells('o'));
    }

    [Fact]
    public void WhoFollowsTheBallClearsWallAfterWall()
    {
        var field = Breakout(fromLeft: false);
        var (reward, step) = (0, 0);
        for (; step < 3000 && !field.Row.IsLast; step++)
        {
            var (ball, before, paddle) = (field.Cells('o')[0], field.Cells('t'), field.Cells('_')[0].X);
            // Where it comes down, turned at the walls.
            var way = before.Length == 0 ? -1 : Math.Sign(ball.X - before[0].X);
            var down = before.Length == 0 || ball.Y > before[0].Y;
            var target = down ? Landing(ball.X, way, 8 - ball.Y) : ball.X;
            var bricks = field.Cells('#').Length;
            var taken = field.Step(target < paddle ? ArcadeMove.Left : target > paddle ? ArcadeMove.Right : ArcadeMove.Stay).Reward;
            reward += (int)taken;
            var after = field.Cells('#').Length;
            Assert.True(after == bricks - (int)taken || (bricks, after) == (0, 30));
        }
        Assert.InRange(reward, 31, int.MaxValue);       // more than one wall

        static int Landing(int x, int way, int steps)
        {
            for (; steps > 0; steps--)
            {
                if (x + way is < 0 or > 9) way = -way;
                else x += way;
            }
            return x;
        }
    }

    [Fact]
    public void TheChickenMovesInOneOfThreeStepsAndTurnsBackAtACar()
    {
        var field = new ArcadeField(new FreewayGame(ArcadeField.Sure, All, 3), "cA12345");
        Assert.Equal([(4, 9)], field.Cells('c'));
        Assert.Equal(Enumerable.Range(1, 8).Select(lane => (0, lane)), field.Cells('A'));
        field.Play("uuu");
        Assert.Equal([(4, 9)], field.Cells('c'));      // it has to wait at first
        field.Play("u");
        Assert.Equal([(4, 8)], field.Cells('c'));
        field.Play("dd");
        Assert.Equal([(4, 8)], field.Cells('c'));
        var (crossed, thrown, before) = (0, 0, field.Cells('c')[0].Y);
        while (!field.Row.IsLast)
        {
            var reward = field.Play("u");
            var row = field.Cells('c')[0].Y;
            if (reward == 1) (crossed, row) = (crossed + 1, 9);
            else if (row == 9 && before != 9) thrown++;
            Assert.True(reward == 1 ? before <= 1 : row == before || row == before - 1 || row == 9);
            Assert.Equal(8, field.Cells('A').Length);
            before = row;
        }
        Assert.False(field.Row.IsTerminal);             // the time is up
        Assert.True(crossed > 5 && thrown > 5, $"{crossed} {thrown}");
    }

    [Fact]
    public void FreewayTakes2501Steps()
    {
        var field = new ArcadeField(new FreewayGame(ArcadeField.Sure, All, 1), "cA12345");
        field.Play(new string('.', 2500));
        Assert.False(field.Row.IsLast);
        field.Play(".");
        Assert.True(field.Row.IsLast);
    }

    [Fact]
    public void CarsMoveAsTheirPlanesSay()
    {
        var field = new ArcadeField(new FreewayGame(ArcadeField.Sure, All, 5), "cA12345");
        var every = new int[9];
        for (var plane = 1; plane <= 5; plane++)
            foreach (var (_, lane) in field.Cells((char)('0' + plane))) every[lane] = plane;
        Assert.All(every[1..], plane => Assert.InRange(plane, 1, 5));
        for (var step = 1; step <= 40; step++)
        {
            var before = field.Cells('A').ToDictionary(one => one.Y, one => one.X);
            field.Play(".");
            foreach (var (x, lane) in field.Cells('A'))
            {
                // It rests for so many steps as its plane says, and moves in the one after.
                var moves = step % (every[lane] + 1) == 0;
                Assert.Equal(moves ? 1 : 0, Math.Min((x - before[lane] + 10) % 10, (before[lane] - x + 10) % 10));
            }
        }
    }

    // The side is drawn.
    private static ArcadeField Breakout(bool fromLeft)
    {
        for (var seed = 0; ; seed++)
        {
            var field = new ArcadeField(new BreakoutGame(ArcadeField.Sure, All, seed), "_ot#");
            if (field.Cells('o')[0].X == 0 == fromLeft) return field;
        }
    }
}
