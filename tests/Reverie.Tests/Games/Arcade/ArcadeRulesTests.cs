using Reverie.Environments.Games.Arcade;

namespace Reverie.Tests.Games.Arcade;

/// <summary>Sequences worked out by hand from the published rules.</summary>
public sealed class ArcadeRulesTests
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

    [Fact]
    public void AsterixMeetsSomethingNewEveryTenSteps()
    {
        var field = new ArcadeField(new AsterixGame(ArcadeField.Sure, All, 2), "pETG");
        field.Play("..........");
        Assert.Empty(field.Cells('E').Concat(field.Cells('G')));
        field.Play(".");
        var (x, y) = Assert.Single(field.Cells('E').Concat(field.Cells('G')));
        Assert.Contains(x, new[] { 0, 1, 8, 9 });
        Assert.InRange(y, 1, 8);
        field.Play("uuuuuuuuu");
        Assert.Equal([(5, 1)], field.Cells('p'));
    }

    [Fact]
    public void GoldGivesOneAndAnEnemyEndsIt()
    {
        var (gold, enemies) = (0, 0);
        for (var seed = 0; seed < 40; seed++)
        {
            var field = new ArcadeField(new AsterixGame(ArcadeField.Sure, All, seed), "pETG");
            (int X, int Y)[] there = [];
            while (!field.Row.IsLast && field.Game.Level < 4)
            {
                var (before, player) = (field.Cells('G').Length, field.Cells('p')[0]);
                there = field.Cells('E');
                // To the nearest gold, through whatever is there.
                var target = field.Cells('G').OrderBy(one => Math.Abs(one.X - player.X) + Math.Abs(one.Y - player.Y)).FirstOrDefault(player);
                var reward = field.Step(target.Y < player.Y ? ArcadeMove.Up : target.Y > player.Y ? ArcadeMove.Down
                    : target.X < player.X ? ArcadeMove.Left : target.X > player.X ? ArcadeMove.Right : ArcadeMove.Stay).Reward;
                if (reward > 0) Assert.True(before >= reward || before == 0 && reward == 1);
                gold += (int)reward;
                Assert.Equal(field.Row.IsLast, field.Row.IsTerminal);
            }
            if (field.Row.IsTerminal)
            {
                enemies++;
                // It was there, or came, or has gone on by a cell since.
                var player = field.Cells('p')[0];
                Assert.True(there.Contains(player)
                    || field.Cells('E').Any(enemy => enemy.Y == player.Y && Math.Abs(enemy.X - player.X) <= 1));
            }
        }
        Assert.True(gold > 40 && enemies > 20, $"{gold} {enemies}");
    }

    [Fact]
    public void ThePaceGoesUpWithTime()
    {
        var field = new ArcadeField(new AsterixGame(ArcadeField.Sure, [ArcadeMove.Stay], 1), "pETG");
        Assert.Equal(0, Level(new AsterixGame(ArcadeField.Sure with { ArcadeRamping = false }, [ArcadeMove.Stay], 1), 300));
        Assert.Equal(0, Level(new AsterixGame(ArcadeField.Sure, [ArcadeMove.Stay], 1), 101));
        Assert.Equal(1, Level(new AsterixGame(ArcadeField.Sure, [ArcadeMove.Stay], 1), 102));
        Assert.Equal(2, Level(new AsterixGame(ArcadeField.Sure, [ArcadeMove.Stay], 1), 204));

        static int Level(AsterixGame game, int steps)
        {
            game.Reset();
            for (var step = 0; step < steps; step++) game.Step([1]);        // goes on after its end
            return game.Level;
        }
    }

    [Fact]
    public void InvadersMarchShootAndAreShot()
    {
        var field = new ArcadeField(new SpaceInvadersGame(ArcadeField.Sure, All, 1), "cA<>ob");
        Assert.Equal(24, field.Cells('A').Length);
        Assert.Equal((2, 0), field.Cells('A')[0]);
        Assert.Equal(24, field.Cells('<').Length);
        field.Play("f");
        Assert.Equal([(5, 8)], field.Cells('o'));
        // From row 8 to row 3, where the lowest aliens are.
        Assert.Equal(0, field.Play("...."));
        Assert.Equal(1, field.Play("."));
        Assert.Equal(23, field.Cells('A').Length);
        Assert.DoesNotContain((5, 3), field.Cells('A'));
        Assert.Empty(field.Cells('o'));
        // The first shot comes with step 11, from the nearest column's lowest alien, which is straight above.
        Assert.Equal(0, field.Play("...."));
        Assert.Empty(field.Cells('b'));
        field.Play(".");
        Assert.Equal([(5, 2)], field.Cells('b'));
        // They march with step 13.
        field.Play(".");
        Assert.Equal((2, 0), field.Cells('A')[0]);
        field.Play(".");
        Assert.Equal((1, 0), field.Cells('A')[0]);
    }

    [Fact]
    public void InvadersTurnAtTheEdgeAndGoDown()
    {
        var field = new ArcadeField(new SpaceInvadersGame(ArcadeField.Sure, All, 1), "cA<>ob");
        // At the right edge, where no shot of theirs comes; down at the third march.
        var (marches, at) = (new List<(int, int)>(), field.Cells('A')[0]);
        while (marches.Count < 4 && !field.Row.IsLast)
        {
            field.Step(ArcadeMove.Right);
            if (field.Cells('A')[0] is var now && now != at) marches.Add(at = now);
        }
        Assert.Equal([(1, 0), (0, 0), (0, 1), (1, 1)], marches);
        Assert.Equal(field.Cells('A').Length, field.Cells('>').Length);
    }

    [Fact]
    public void TheSubmarineMayNotComeUpAlone()
    {
        var field = Seaquest();
        Assert.Equal([(5, 0)], field.Cells('S'));
        Assert.Equal([(6, 0)], field.Cells('s'));
        Assert.Equal(10, field.Cells('a').Length);
        field.Play("...");                              // at the surface from the first, nothing happens
        Assert.False(field.Row.IsLast);
        field.Play("d");
        Assert.False(field.Row.IsLast);
        field.Play("u");
        Assert.True(field.Row.IsTerminal);
    }

    [Fact]
    public void AirIsUsedUpBelow()
    {
        for (var seed = 0; ; seed++)
        {
            var field = new ArcadeField(new SeaquestGame(ArcadeField.Sure, All, seed), "Ssotbfeagd");
            var steps = 0;
            for (field.Play("d"); !field.Row.IsLast; steps++) field.Play(".");
            if (steps < 200) continue;                  // an enemy was sooner
            Assert.Equal(201, steps);
            Assert.Empty(field.Cells('a'));
            break;
        }
    }

    [Fact]
    public void AShotTakesAnEnemyAndGivesOne()
    {
        var (shot, aboard) = (0, 0);
        for (var seed = 0; seed < 30; seed++)
        {
            var field = new ArcadeField(new SeaquestGame(ArcadeField.Sure, All, seed), "Ssotbfeagd");
            field.Play("dddd");
            for (var step = 0; step < 150 && !field.Row.IsLast; step++)
            {
                var ((x, y), enemies) = (field.Cells('S')[0], field.Cells('f').Concat(field.Cells('e')).ToArray());
                var target = enemies.Concat(field.Cells('d')).OrderBy(one => Math.Abs(one.Y - y)).ThenBy(one => one.X).FirstOrDefault((X: x, Y: y));
                var isFacing = field.Cells('s').FirstOrDefault((X: x, Y: y)).X > x == target.X < x;
                var divers = field.Cells('g').Length;
                var reward = field.Step(target.Y < y && y > 1 ? ArcadeMove.Up : target.Y > y ? ArcadeMove.Down
                    : enemies.Contains(target) && isFacing ? ArcadeMove.Fire : target.X < x ? ArcadeMove.Left : ArcadeMove.Right).Reward;
                shot += (int)reward;
                aboard += Math.Max(0, field.Cells('g').Length - divers);
                Assert.InRange(field.Cells('g').Length, 0, 6);
            }
        }
        Assert.True(shot > 20 && aboard > 5, $"{shot} {aboard}");
    }

    private static ArcadeField Seaquest() => new(new SeaquestGame(ArcadeField.Sure, All, 1), "Ssotbfeagd");

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
