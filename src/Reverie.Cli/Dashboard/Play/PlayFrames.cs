using System.Buffers.Binary;
using System.Text;
using Reverie.Cli.Dashboard.Endpoints;
using Reverie.Dreams;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>Frames as they are sent: the length of a text (32 bits, little-endian), the text, JSON, and then pictures
/// of bytes: the dream (H, W, C), the spread of the samples (H, W), and the environment (H, W, C) where the text has a
/// <c>real</c>.</summary>
internal static class PlayFrames
{
    /// <summary>One of them.</summary>
    /// <param name="frame">Where the dream is.</param>
    /// <param name="isPaused">Whether it stands still.</param>
    /// <param name="milliseconds">What computing it took.</param>
    public static byte[] Encode(DreamFrame frame, bool isPaused, double milliseconds)
    {
        var text = Encoding.UTF8.GetBytes(Answer.Write(new
        {
            frame.Decision,
            Seen = frame.IsSeen,
            Over = frame.IsOver,
            Paused = isPaused,
            frame.Action,
            frame.Reward,
            RewardLeast = frame.RewardRange.Least,
            RewardMost = frame.RewardRange.Most,
            frame.Return,
            frame.Continue,
            LatentSpread = frame.LatentSpread?.Value,
            LatentSpreadOf = frame.LatentSpread?.Name,
            frame.PictureSpread,
            Real = frame.Real is { } real ? new { real.Error, real.Reward, real.Return, Last = real.IsLast } : null,
            frame.RealEnd,
            Milliseconds = milliseconds,
        }));
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [.. length, .. text, .. frame.Picture, .. frame.Spread, .. frame.Real?.Picture ?? []];
    }
}
