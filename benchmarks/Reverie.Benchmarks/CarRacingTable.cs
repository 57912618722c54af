using System.Globalization;
using Reverie.Environments.CarRacing;

namespace Reverie.Benchmarks;

/// <summary>What a step of car racing costs, and a picture of each kind.</summary>
/// <remarks>Time is that of the processor, so that other work on the machine changes it less; the smallest of several
/// rounds counts. Steps and pictures are those of a drive, at full zoom.</remarks>
internal static class CarRacingTable
{
    private const int Rounds = 7, Count = 500, FullZoom = 60;

    public static void Print(TextWriter output)
    {
        output.WriteLine("| | ms | a second |");
        output.WriteLine("|---|---|---|");
        Row(output, "step without a picture", race => race.Step(0.02, 0.1, 0));
        foreach (var look in new[] { Look.V0, Look.V3 })
            foreach (var frame in Enum.GetValues<Frame>())
            {
                var frames = new FrameMaker(look, frame);
                Row(output, $"picture, {look.Name}, {frame}", race => frames.Draw(race));
            }
        var seen = new FrameMaker(Look.V0, Frame.Cropped);
        Row(output, "step and picture, v0, Cropped", race =>
        {
            race.Step(0.02, 0.1, 0);
            seen.Draw(race);
        });
    }

    private static void Row(TextWriter output, string what, Action<Race> act)
    {
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            using var race = new Race(Track.Draw(new Pcg64((ulong)round)));
            for (var i = 0; i < FullZoom; i++)
                race.Step(0, 0.1, 0);
            var before = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Count; i++)
                act(race);
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Count);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {best:0.000} | {1000 / best:0} |"));
    }
}
