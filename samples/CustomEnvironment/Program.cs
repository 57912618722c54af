using Reverie;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Logging;
using Reverie.Training;

// A world of one's own: a dot on a picture, to be pushed to the centre and kept there.
var dot = new TaskInfo
{
    Task = "dot", Domain = "samples", ObservationSpace = new ImageSpace(), ActionSpace = Dot.Actions, EpisodeSteps = 25,
};
EnvironmentRegistry.Register(dot, (_, seed) => new Dot(seed));
foreach (var finding in EnvironmentChecker.Check("dot", new EnvironmentConfig()))
    Console.WriteLine($"{(finding.IsError ? "error" : "warning")}: {finding.What}");

// Twenty episodes. Started again, it finds its directory and has nothing left to learn.
var settings = Path.Combine(AppContext.BaseDirectory, "dot.yaml");
var config = ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "tiny"], File = settings });
using var run = TrainingRun.Open("runs/dot", config);
run.Train(Console.WriteLine, [new ConsoleSink(Console.Out, every: 10)]);
var score = run.Evaluate(episodes: 10, seed: 1);
Console.WriteLine($"mean return of 10 episodes: {score.Mean:0.0} ({score.Min:0.0} to {score.Max:0.0}) of 25");

internal sealed class Dot(int seed) : IEnvironment
{
    private RandomSource random = new((ulong)seed);
    private double x, y;

    public static BoxSpace Actions { get; } = BoxSpace.Uniform(2, -1, 1);       // one push to the right, one down
    public Space ObservationSpace { get; } = new ImageSpace();                  // 64 by 64, three channels
    public Space ActionSpace => Actions;

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new((ulong)given);
        (x, y) = (random.NextDouble(-1, 1), random.NextDouble(-1, 1));
        return new() { Image = Draw(), Vector = [], IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        (x, y) = (Math.Clamp(x + 0.2 * action[0], -1, 1), Math.Clamp(y + 0.2 * action[1], -1, 1));
        return new() { Image = Draw(), Vector = [], Reward = Math.Exp(-4 * (x * x + y * y)) };
    }

    public void Dispose() { }

    private byte[] Draw()
    {
        var picture = new byte[64 * 64 * 3];                                    // rows from top to bottom
        for (var i = 0; i < picture.Length; i++)
        {
            var (right, down) = (i / 3 % 64 - 32 - 24 * x, i / 3 / 64 - 32 - 24 * y);
            picture[i] = right * right + down * down < 36 ? (byte)255 : (byte)40;
        }
        return picture;
    }
}
