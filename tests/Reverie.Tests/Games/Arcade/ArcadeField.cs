using Reverie.Environments;
using Reverie.Environments.Games.Arcade;

namespace Reverie.Tests.Games.Arcade;

/// <summary>A game and the field that it last showed, a letter for each thing.</summary>
internal sealed class ArcadeField
{
    public static readonly ArcadeSettings Sure = new() { ArcadeSticky = 0 };

    private readonly string letters;

    /// <param name="game">What is played.</param>
    /// <param name="letters">A letter for each plane.</param>
    public ArcadeField(ArcadeGame game, string letters)
    {
        (Game, this.letters) = (game, letters);
        Assert.Equal(game.Planes.Count, letters.Length);
        Row = game.Reset();
    }

    public ArcadeGame Game { get; }

    public TimeStep Row { get; private set; }

    /// <summary>Steps, of which <paramref name="moves"/> has a letter each: <c>. l u r d f</c>; returns the rewards.</summary>
    public int Play(string moves)
    {
        var reward = 0.0;
        foreach (var letter in moves)
        {
            Assert.False(Row.IsLast);
            Row = Step((ArcadeMove)".lurdf".IndexOf(letter));
            reward += Row.Reward;
        }
        return (int)reward;
    }

    public TimeStep Step(ArcadeMove move) => Row = Game.Step(OneHot(Game, move));

    /// <summary>Cells that a plane has, in reading order.</summary>
    public (int X, int Y)[] Cells(char letter)
    {
        var (planes, plane) = (letters.Length, letters.IndexOf(letter));
        return [.. Enumerable.Range(0, 100).Where(cell => Row.Vector[cell * planes + plane] == 1).Select(cell => (cell % 10, cell / 10))];
    }

    public static float[] OneHot(ArcadeGame game, ArcadeMove move)
    {
        var action = new float[game.Moves.Count];
        action[game.Moves.ToList().IndexOf(move)] = 1;
        return action;
    }
}
