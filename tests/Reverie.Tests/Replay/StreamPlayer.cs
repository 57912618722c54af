using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Replay;

/// <summary>An environment of episodes of one length, and where it stands in its stream. Every row says where it stands: its
/// latent in the stream, everything else in its episode.</summary>
internal sealed class StreamPlayer(StreamReplay replay, int stream, int length)
{
    private CountingEnvironment environment = new(length);
    private int place, t = -1;

    public int Length => length;

    public void Play()
    {
        t = t == length ? 0 : t + 1;
        float[] action = t == 0 ? [0, 0] : [t + 100 * stream, t];
        var row = t == 0 ? environment.Reset() : environment.Step(action);
        var latents = new LatentChunk(replay.Latents, 2);
        (latents.Deter[2], latents.Deter[3], latents.Classes[1]) = (stream, place, place % 300);
        replay.Add(stream, action, row, latents, 1);
        place++;
    }

    public Episode? Abandon()
    {
        t = -1;
        return replay.Abandon(stream);
    }

    /// <summary>The same, for a replay that has the same rows.</summary>
    public StreamPlayer In(StreamReplay other)
    {
        var twin = new StreamPlayer(other, stream, length) { place = place, t = t };
        for (var row = 0; row <= t; row++) _ = row == 0 ? twin.environment.Reset() : twin.environment.Step([row, row]);
        return twin;
    }

    /// <summary>One a stream, by the decisions of their episodes.</summary>
    public static StreamPlayer[] Of(StreamReplay replay, params int[] decisions) =>
        [.. decisions.Select((length, n) => new StreamPlayer(replay, n, length))];

    /// <summary>Where the row before a chunk stands, by its latent.</summary>
    public static (int Stream, int Place) Context(SequenceBatch batch, int b) =>
        ((int)batch.Context!.Deter[2 * b], (int)batch.Context.Deter[2 * b + 1]);

    /// <summary>A chunk has the rows that follow each other; which row of its episode a place is follows from the length of
    /// all episodes of the stream.</summary>
    public static void AssertFollows(SequenceBatch batch, int b, StreamPlayer[] players)
    {
        var (stream, place) = Context(batch, b);
        Assert.Equal(place % 300, batch.Context!.Classes[b]);
        for (var i = 0; i < batch.L; i++)
        {
            var (slot, t) = (i * batch.B + b, (place + 1 + i) % (players[stream].Length + 1));
            Assert.Equal(t, batch.Vector[3 * slot]);
            Assert.Equal(batch.Action.AsSpan(2 * slot, 2), batch.Vector.AsSpan(3 * slot + 1, 2));
            Assert.Equal(t == 0 ? 0 : t + 100 * stream, batch.Action[2 * slot]);
            Assert.Equal(CountingEnvironment.RewardAt(t), batch.Reward[slot]);
            Assert.Equal(CountingEnvironment.ImageAt(t, 18), batch.Image[(18 * slot)..(18 * slot + 18)]);
            Assert.Equal((t == 0, t == players[stream].Length, false),
                (batch.IsFirst[slot], batch.IsLast[slot], batch.IsTerminal[slot]));
        }
    }
}
