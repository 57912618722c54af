using Reverie.Environments.Games.Arcade;

namespace Reverie.Tests.Games.Arcade;

/// <summary>The three games with enemies, by sequences worked out by hand from the published rules, and by players who know them.</summary>
public sealed class ArcadeEnemiesTests
{
    private static readonly ArcadeMove[] All = Enum.GetValues<ArcadeMove>();

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
}
