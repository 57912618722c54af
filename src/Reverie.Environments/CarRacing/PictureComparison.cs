using Reverie.Pictures;

namespace Reverie.Environments.CarRacing;

/// <summary>
/// Compares pictures <c>NAME_KKK_v0.png</c> and <c>NAME_KKK_v3.png</c> beside a recorded race, KKK being the number of
/// actions before.
/// </summary>
/// <remarks>
/// Those of the v0 look are held to nearly every value, edges that pass through the centre of a pixel being a matter of
/// the last digit; recordings have no score, for which Mesa has no letters. Those of the v3 look have smoothed outlines
/// that are not drawn here, and a typeface that is not at hand.
/// </remarks>
internal sealed class PictureComparison(string racePath)
{
    private const double MostDifferent = 0.0005;           // v0: part of the values that differ at all
    private const double MostMean = 0.3, MostFar = 0.008;  // v3: mean difference of 255, part that is off by more ...
    private const int Far = 8;                             // ... than this

    private readonly Dictionary<(Look, int, int), Painter> painters = [];

    /// <summary>How many were compared.</summary>
    internal int Count { get; private set; }

    /// <summary>The largest mean difference of a picture, of 255; null where none was compared.</summary>
    internal double? Mean { get; private set; }

    /// <summary>Whether all were within their tolerances.</summary>
    internal bool Ok { get; private set; } = true;

    /// <summary>Compares those of one moment, if there are any.</summary>
    /// <returns>whether they agree</returns>
    internal bool Compare(Race race, int actions)
    {
        var agree = true;
        foreach (var look in new[] { Look.V0, Look.V3 })
        {
            var path = $"{Path.ChangeExtension(racePath, null)}_{actions:000}_{look.Name}.png";
            if (File.Exists(path))
                agree &= Compare(race, look, path);
        }
        Ok &= agree;
        return agree;
    }

    private bool Compare(Race race, Look look, string path)
    {
        var (expected, width, height) = PngImage.Read(path);
        if (!painters.TryGetValue((look, width, height), out var painter))
            painters[(look, width, height)] = painter = new Painter(look, width, height);
        var found = painter.Draw(race, withScore: look == Look.V3);
        int[] differences = [.. found.Zip(expected, (a, b) => Math.Abs(a - b))];
        var mean = differences.Average();
        Count++;
        Mean = Math.Max(Mean ?? 0, mean);
        return look == Look.V0
            ? differences.Count(one => one > 0) <= MostDifferent * differences.Length
            : mean <= MostMean && differences.Count(one => one > Far) <= MostFar * differences.Length;
    }
}
