using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// Looks an environment over before somebody trains in it for hours: spaces, shapes, bounds, flags, rewards, time,
/// ends, pictures, arrays that are written to again, and whether the same seed gives the same episode.
/// </summary>
public sealed class EnvironmentChecker
{
    private const int CompareSteps = 200, PictureSide = 64;

    private readonly List<Finding> findings = [];
    private readonly EnvironmentTally tally = new();
    private readonly Func<int, IEnvironment> make;
    private readonly int steps;
    private readonly TaskInfo? info;
    private readonly Space? promised;
    private Space? observation, action;

    private EnvironmentChecker(
        Func<int, IEnvironment> make, int steps, TaskInfo? info = null, Space? promised = null) =>
        (this.make, this.steps, this.info, this.promised) = (make, steps, info, promised);

    /// <summary>Checks a registered task with all its wrappers.</summary>
    /// <exception cref="ReverieException">There is no task of that name.</exception>
    public static IReadOnlyList<Finding> Check(string task, EnvironmentConfig config, int steps = 1200) =>
        Examine(task, config, steps).Findings;

    /// <summary>Checks what <paramref name="make"/> makes; it is called a few times.</summary>
    /// <param name="make">Makes an environment from a seed.</param>
    /// <param name="steps">Steps to take at least, over one or more episodes.</param>
    /// <returns>What was found, each thing once; empty where all is well.</returns>
    public static IReadOnlyList<Finding> Check(Func<int, IEnvironment> make, int steps = 1200) =>
        new EnvironmentChecker(make, steps).Report().Findings;

    /// <summary>As <see cref="Check(string, EnvironmentConfig, int)"/>, with what was measured on the way.</summary>
    /// <exception cref="ReverieException">There is no task of that name.</exception>
    public static EnvironmentReport Examine(string task, EnvironmentConfig config, int steps = 1200)
    {
        var info = EnvironmentRegistry.Find(task);
        return new EnvironmentChecker(seed => EnvironmentRegistry.Compose(info.Task, config, seed), steps, info,
            EnvironmentRegistry.ActionSpaceOf(task, config)).Report();
    }

    private EnvironmentReport Report()
    {
        try
        {
            Run();
        }
        catch (Exception fault)
        {
            var kind = fault is ReverieException ? "" : $"it threw {fault.GetType().Name}: ";
            Error(kind + fault.Message.ReplaceLineEndings(" "));
        }
        return new(observation, action, [.. findings.Distinct()], tally.Decisions > 0 ? tally.Measures() : null);
    }

    private void Run()
    {
        using (var environment = make(0))
        {
            (observation, action) = (environment.ObservationSpace, environment.ActionSpace);
            CheckSpaces(environment);
            if (findings.Any(finding => finding.IsError))
                return;
            Walk(environment);
            environment.Dispose();    // a second time, by using, must do no harm
        }
        CompareSeeds();
    }

    private void CheckSpaces(IEnvironment environment)
    {
        foreach (var picture in new[] { environment.ObservationSpace as ImageSpace,
            (environment.ObservationSpace as MixedSpace)?.Image })
            if (picture is { } image && (image.Height < 1 || image.Width < 1 || image.Channels is not (1 or 3)))
                Error($"its picture is {image.Height} by {image.Width} with {image.Channels} channels; there must be 1 "
                    + "or 3");
            else if (picture is { } odd && (odd.Height != PictureSide || odd.Width != PictureSide))
                Warn($"its picture is {odd.Height} by {odd.Width}; agents see {PictureSide} by {PictureSide}, so shrink "
                    + "it to that");
        if (VectorOf(environment.ObservationSpace) is { } vector)
            CheckBox(vector, "observation");
        CompareInfo(environment);
        switch (environment.ActionSpace)
        {
            case BoxSpace box:
                CheckBox(box, "action");
                if (box.Low.Concat(box.High).Any(bound => !float.IsFinite(bound)))
                    Error("its action bounds are not finite, so no random action can be drawn");
                break;
            case DiscreteSpace { Count: >= 1 }:
                break;
            default:
                Error("its action space is neither a box nor discrete with at least one choice");
                break;
        }
    }

    private void CheckBox(BoxSpace box, string what)
    {
        if (box.Size == 0 || box.Low.Count != box.High.Count)
            Error($"its {what} box has {box.Low.Count} lower and {box.High.Count} upper bounds");
        else if (Enumerable.Range(0, box.Size).Any(i => !(box.Low[i] < box.High[i])))
            Error($"a lower bound of its {what} box is not below the upper one");
    }

    // What is said of a task beforehand is what agents are built by. The size of a picture may be a setting.
    private void CompareInfo(IEnvironment environment)
    {
        if (info is null) return;
        if (!Equals(VectorOf(environment.ObservationSpace), VectorOf(info.ObservationSpace)))
            Error($"it shows {environment.ObservationSpace} where its TaskInfo says {info.ObservationSpace}");
        if (!environment.ActionSpace.Equals(promised))
            Error($"it takes {environment.ActionSpace} where its TaskInfo says {promised}");
        if (info.Observations.Count > 0 && info.Observations.Sum(entry => entry.Size) != info.VectorSize)
            Error($"its TaskInfo names {info.Observations.Sum(entry => entry.Size)} entries of a vector of "
                + $"{info.VectorSize}");
        if (info.ActionNames.Count > 0 && info.ActionNames.Count != info.ActionSize)
            Error($"its TaskInfo names {info.ActionNames.Count} of {info.ActionSize} actions");
    }

    private void Walk(IEnvironment environment)
    {
        var random = new RandomSource(1);
        var fresh = true;
        while (tally.Decisions < steps)
        {
            var row = environment.Reset(fresh ? 7 : null);
            fresh = false;
            CheckFirst(environment, row);
            tally.Begin(row);
            while (!row.IsLast && tally.Decisions < steps)
            {
                var before = row;
                var (image, vector) = (before.Image?.ToArray(), before.Vector?.ToArray());
                row = tally.Step(environment, RandomAction(environment.ActionSpace, random, tally.Decisions));
                CheckRow(environment, row, tally.Decisions);
                if (!Same(image, before.Image) || !Same(vector, before.Vector))
                    Error("it writes into an array that it gave away in an earlier row; hand out a new one each time");
            }
        }
        foreach (var warning in tally.Warnings()) Warn(warning);
    }

    private void CheckFirst(IEnvironment environment, TimeStep row)
    {
        if (CheckedEnvironment.FaultOf(row, environment.ObservationSpace) is { } fault)
            Error($"after a reset {fault}");
        if (!row.IsFirst || row.IsLast)
            Error("after a reset a row must be first and not last");
        if (row.Reward != 0)
            Error($"after a reset the reward is {row.Reward}, not 0");
    }

    private void CheckRow(IEnvironment environment, TimeStep row, int step)
    {
        if (CheckedEnvironment.FaultOf(row, environment.ObservationSpace) is { } fault)
            throw new ReverieException($"at step {step} {fault}");    // one is enough: the rest would follow from it
        if (row.IsFirst)
            Error("a row after a step calls itself first");
        var box = VectorOf(environment.ObservationSpace);
        for (var i = 0; i < box?.Size; i++)
            if (row.Vector[i] < box.Low[i] || row.Vector[i] > box.High[i])
                Error($"entry {i} of its vector leaves the bounds of its observation space");
    }

    private static BoxSpace? VectorOf(Space observation) =>
        observation as BoxSpace ?? (observation as MixedSpace)?.Vector;

    private void CompareSeeds()
    {
        using var one = make(3);
        using var other = make(3);
        if (Difference(one, other, seed: 11) is { } row)
        {
            Error($"the same seed gave another episode, from row {row} on; draw everything random "
                + "from the seed of Reset");
            return;
        }
        // One that has played before and one made from another seed, as when a run goes on.
        using var third = make(4);
        if (Difference(one, third, seed: 12) is { } later)
            Error($"the same seed of Reset gave another episode after other ones, from row {later} on; set everything "
                + "back in Reset");
    }

    // The first row in which two environments differ, or null.
    private static int? Difference(IEnvironment one, IEnvironment other, int seed)
    {
        var (first, second) = (new RandomSource(2), new RandomSource(2));
        var (a, b) = (one.Reset(seed), other.Reset(seed));
        for (var step = 0; step <= CompareSteps; step++)
        {
            if (!Same(a.Image, b.Image) || !Same(a.Vector, b.Vector) || !a.Reward.Equals(b.Reward) ||
                a.IsLast != b.IsLast || a.IsTerminal != b.IsTerminal)
                return step;
            if (a.IsLast)
                return null;
            a = one.Step(RandomAction(one.ActionSpace, first, step));
            b = other.Step(RandomAction(other.ActionSpace, second, step));
        }
        return null;
    }

    // Every tenth action lies on the bounds, where environments fail first; every choice is made at least once.
    private static float[] RandomAction(Space space, RandomSource random, int step)
    {
        if (space is BoxSpace box)
            return [.. Enumerable.Range(0, box.Size).Select(i => step % 10 == 9
                ? random.NextInt(2) == 0 ? box.Low[i] : box.High[i]
                : (float)random.NextDouble(box.Low[i], box.High[i]))];
        var choices = (DiscreteSpace)space;
        return choices.OneHot(step < choices.Count ? step : random.NextInt(choices.Count));
    }

    private static bool Same<T>(T[]? a, T[]? b) => a.AsSpan().SequenceEqual(b);

    private void Error(string what) => findings.Add(new Finding(true, what));

    private void Warn(string what) => findings.Add(new Finding(false, what));
}
