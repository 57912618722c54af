using Reverie;
using Reverie.Configuration;
using Reverie.Environments;

namespace Docking;

/// <summary>A vector and continuous actions: a craft without brakes is to come to rest at the dock in the middle. Its
/// pictures are drawn only for agents that see them.</summary>
public sealed class DockingCraft : IEnvironment, IPictureSource
{
    private const double Second = 0.1, Edge = 1.5;
    private static readonly BoxSpace Thrust = BoxSpace.Uniform(2, -2, 2);
    private static readonly BoxSpace State = BoxSpace.Uniform(4, -10, 10);

    private readonly int side;
    private readonly double worth;
    private RandomSource random;
    private double x, y, vx, vy;

    /// <summary>The configuration is that of the run, `--set environment.docking_craft_side=3` and so on.</summary>
    public DockingCraft(EnvironmentConfig config, int seed)
    {
        var own = config.Of<DockingSettings>();
        (side, worth, random) = (own.DockingCraftSide, own.DockingWorth, new((ulong)seed));
    }

    /// <summary>What Reverie should know before it makes one.</summary>
    public static TaskInfo Info { get; } = new()
    {
        Task = "docking", Domain = "samples", ObservationSpace = new MixedSpace(new ImageSpace(), State),
        ActionSpace = Thrust, ActionNames = ["right", "down"], EpisodeSteps = 200, ActionRepeat = 2,
        Observations = [new("position", 2), new("velocity", 2)],
    };

    public Space ObservationSpace => State;
    public Space ActionSpace => Thrust;
    public ImageSpace Picture { get; } = new();

    public TimeStep Reset(int? seed = null)
    {
        if (seed is { } given) random = new((ulong)given);
        (x, y) = (random.NextDouble(-1, 1), random.NextDouble(-1, 1));
        (vx, vy) = (random.NextDouble(-0.2, 0.2), random.NextDouble(-0.2, 0.2));
        return new() { Image = [], Vector = Observe(), IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        (vx, vy) = (vx + Second * action[0], vy + Second * action[1]);
        (x, y) = (x + Second * vx, y + Second * vy);
        var lost = Math.Abs(x) > Edge || Math.Abs(y) > Edge;
        var reward = worth * Math.Exp(-3 * (x * x + y * y) - (vx * vx + vy * vy));
        return new() { Image = [], Vector = Observe(), Reward = reward, IsLast = lost, IsTerminal = lost };
    }

    public byte[] Draw()
    {
        var picture = new byte[Picture.Size];
        for (var i = 0; i < picture.Length / 3; i++)
        {
            var (column, row) = (i % Picture.Width, i / Picture.Width);
            var craft = Math.Abs(column - Place(x)) <= side && Math.Abs(row - Place(y)) <= side;
            var dock = Math.Abs(column - Place(0)) <= 1 || Math.Abs(row - Place(0)) <= 1;
            picture[3 * i] = (byte)(craft ? 250 : dock ? 60 : 20);
            picture[3 * i + 1] = (byte)(craft ? 200 : dock ? 120 : 20);
            picture[3 * i + 2] = (byte)(craft ? 80 : dock ? 60 : 40);
        }
        return picture;
    }

    public void Dispose() { }

    private float[] Observe() => [(float)x, (float)y, (float)vx, (float)vy];

    private int Place(double coordinate) => (int)(Picture.Width / 2 * (1 + coordinate / Edge));
}
