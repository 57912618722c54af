using Reverie.Environments;

namespace Reverie.Tests.Environments;

/// <summary>Shows the number of the step as observation, reward and picture; faults on demand.</summary>
internal sealed class StepCounter : IEnvironment, IPictureSource
{
    private int time;

    public Space ObservationSpace { get; init; } = BoxSpace.Uniform(1, 0, 1e6f);

    public Space ActionSpace { get; init; } = BoxSpace.Uniform(1, -1, 1);

    public ImageSpace Picture { get; } = new(2, 2, 1);

    public int EndsAfter { get; init; } = int.MaxValue;

    public Func<TimeStep, int, TimeStep> Fault { get; init; } = (row, _) => row;

    public int Drawn { get; private set; }

    public List<float[]> Actions { get; } = [];

    public int Disposed { get; private set; }

    public TimeStep Reset(int? seed = null)
    {
        time = 0;
        return Row() with { IsFirst = true };
    }

    public TimeStep Step(ReadOnlySpan<float> action)
    {
        Actions.Add(action.ToArray());
        time++;
        return Row() with { Reward = time, IsLast = time >= EndsAfter, IsTerminal = time >= EndsAfter };
    }

    public byte[] Draw()
    {
        Drawn++;
        return [(byte)time, 0, 0, 0];
    }

    public void Dispose() => Disposed++;

    private TimeStep Row() => Fault(new TimeStep { Image = [], Vector = [time] }, time);
}
