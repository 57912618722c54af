using System.Numerics;
using Reverie.Environments.Gymnasium;

namespace Reverie.Environments.Atari;

/// <summary>
/// A game of Atari frame by frame, as agents are measured on it (Machado et al. 2018, arXiv 1709.06009): a row shows the larger
/// of each number of its frame and of the one before, since the console draws some things in every second one alone. With an
/// action repeat around it that is the maximum over the last two frames of a decision.
/// </summary>
internal sealed class AtariEnvironment : EnvironmentWrapper
{
    private const int Nothing = 0;

    private readonly GymnasiumEnvironment game;
    private readonly AtariSettings settings;
    private readonly float[] nothing;
    private RandomSource random;
    private byte[] before = [];     // the last frame as it came
    private int lives;

    /// <summary>Wraps the emulator.</summary>
    /// <param name="game">The game, a step of which is a frame.</param>
    /// <param name="settings">No-op starts and lives; sticky choices are the emulator's.</param>
    /// <param name="seed">Same seed, same starts.</param>
    public AtariEnvironment(GymnasiumEnvironment game, AtariSettings settings, int seed) : base(game)
    {
        (this.game, this.settings, random) = (game, settings, RandomSource.Derive((ulong)seed));
        nothing = ((DiscreteSpace)game.ActionSpace).OneHot(Nothing);
    }

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = RandomSource.Derive((ulong)given);
        var row = game.Reset(seed);
        for (var left = settings.AtariNoops > 0 ? 1 + random.NextInt(settings.AtariNoops) : 0; left > 0; left--)
        {
            row = game.Step(nothing);
            if (row.IsLast) row = game.Reset();
        }
        before = [.. row.Image];
        lives = game.Lives;
        if (settings.AtariLifeLoss && lives < 0)
            throw new EnvironmentException("environment.atari_life_loss: the game tells no lives; set it to false");
        return new TimeStep { Image = row.Image, Vector = [], IsFirst = true };
    }

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        var row = game.Step(action);
        var shown = before;
        before = row.Image;
        Larger(shown, before);
        var isLost = settings.AtariLifeLoss && game.Lives < lives;
        lives = game.Lives;
        return row with { Image = shown, IsLast = row.IsLast || isLost, IsTerminal = row.IsTerminal || isLost };
    }

    private static void Larger(Span<byte> frame, ReadOnlySpan<byte> other)
    {
        var i = 0;
        for (; i <= frame.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            Vector.Max(new Vector<byte>(frame[i..]), new Vector<byte>(other[i..])).CopyTo(frame[i..]);
        for (; i < frame.Length; i++) frame[i] = Math.Max(frame[i], other[i]);
    }
}
