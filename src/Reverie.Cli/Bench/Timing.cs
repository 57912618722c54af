using System.Diagnostics;

namespace Reverie.Cli.Bench;

/// <summary>How repeated work is timed.</summary>
/// <param name="Repeats">times that count</param>
/// <param name="Stop">leaves between two repetitions</param>
/// <param name="WarmUps">times before them that do not</param>
internal sealed record Timing(int Repeats, CancellationToken Stop, int WarmUps = 1)
{
    /// <summary>Median seconds of a piece of work.</summary>
    public double Seconds(Action work) => Stages(1, ended =>
    {
        work();
        ended();
    })[^1];

    /// <summary>Median seconds of a piece of work, by the clock and of this process on the processor.</summary>
    public (double Clock, double Processor) Both(Action work)
    {
        var (processor, rounds) = (new List<double>(), 0);
        var clock = Seconds(() =>
        {
            var before = Environment.CpuUsage.TotalTime;
            work();
            if (rounds++ >= WarmUps) processor.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        });
        return (clock, Median([.. processor]));
    }

    /// <summary>Median seconds of each stage of a piece of work, and last of all together.</summary>
    /// <param name="count">stages</param>
    /// <param name="work">calls what it is given at the end of each</param>
    public double[] Stages(int count, Action<Action> work)
    {
        var times = new double[count + 1][];
        for (var s = 0; s < times.Length; s++)
            times[s] = new double[Repeats];
        for (var i = -WarmUps; i < Repeats; i++)
        {
            Stop.ThrowIfCancellationRequested();
            var (clock, ends) = (Stopwatch.StartNew(), new List<double> { 0 });
            work(() => ends.Add(clock.Elapsed.TotalSeconds));
            for (var s = 0; s < count && i >= 0; s++)
                times[s][i] = ends[s + 1] - ends[s];
            if (i >= 0)
                times[^1][i] = ends[^1];
        }
        return Array.ConvertAll(times, Median);
    }

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
