using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// Looks an environment over before somebody trains in it for hours: spaces, shapes, bounds, flags, rewards, time,
/// arrays that are written to again, and whether the same seed gives the same episode.
/// </summary>
public sealed class EnvironmentChecker
{
    private const int CompareSteps = 200, BlindSteps = 50;

    private readonly List<Finding> findings = [];
    private readonly Func<int, IEnvironment> make;
    private readonly int steps;

    private EnvironmentChecker(Func<int, IEnvironment> make, int steps) => (this.make, this.steps) = (make, steps);

    /// <summary>Checks a registered task with all its wrappers.</summary>
    /// <exception cref="ReverieException">There is no task of that name.</exception>
    public static IReadOnlyList<Finding> Check(string task, EnvironmentConfig config, int steps = 1200)
    {
        var info = EnvironmentRegistry.Find(task);
        return Check(seed => EnvironmentRegistry.Compose(info.Task, config, seed), steps);
    }

    /// <summary>Checks what <paramref name="make"/> makes; it is called a few times.</summary>
    /// <param name="make">Makes an environment from a seed.</param>
    /// <param name="steps">Steps to take at least, over one or more episodes.</param>
    /// <returns>What was found, each thing once; empty where all is well.</returns>
    public static IReadOnlyList<Finding> Check(Func<int, IEnvironment> make, int steps = 1200)
    {
        var checker = new EnvironmentChecker(make, steps);
        try
        {
            checker.Run();
        }
        catch (Exception fault)
        {
            checker.Error($"it threw {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}");
        }
        return [.. checker.findings.Distinct()];
    }

    private void Run()
    {
        using (var environment = make(0))
        {
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
                Error($"its picture is {image.Height} by {image.Width} with {image.Channels} channels");
        if (VectorOf(environment) is { } vector)
            CheckBox(vector, "observation");
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

    private void Walk(IEnvironment environment)
    {
        var random = new RandomSource(1);
        var (episodes, taken, seen) = (0, 0, new HashSet<int>());
        while (taken < steps)
        {
            var row = environment.Reset(episodes == 0 ? 7 : null);
            CheckFirst(environment, row);
            while (!row.IsLast && taken < steps)
            {
                var before = row;
                var (image, vector) = (before.Image?.ToArray(), before.Vector?.ToArray());
                row = environment.Step(RandomAction(environment.ActionSpace, random, taken));
                taken++;
                CheckRow(environment, row, taken);
                if (!Same(image, before.Image) || !Same(vector, before.Vector))
                    Error("it writes into an array that it gave away in an earlier row");
                if (taken <= BlindSteps)
                    seen.Add(Digest(row));
            }
            episodes += row.IsLast ? 1 : 0;
        }
        if (episodes == 0)
            Warn($"no episode ended within {steps} steps; a time limit is missing, unless that is meant");
        if (seen.Count == 1)
            Warn($"its observation did not change over {Math.Min(taken, BlindSteps)} steps of random actions");
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
        var box = VectorOf(environment);
        for (var i = 0; i < box?.Size; i++)
            if (row.Vector[i] < box.Low[i] || row.Vector[i] > box.High[i])
                Error($"entry {i} of its vector leaves the bounds of its observation space");
    }

    private static BoxSpace? VectorOf(IEnvironment environment) =>
        environment.ObservationSpace as BoxSpace ?? (environment.ObservationSpace as MixedSpace)?.Vector;

    private void CompareSeeds()
    {
        using var one = make(3);
        using var other = make(3);
        var (first, second) = (new RandomSource(2), new RandomSource(2));
        var (a, b) = (one.Reset(11), other.Reset(11));
        for (var step = 0; step <= CompareSteps; step++)
        {
            if (!Same(a.Image, b.Image) || !Same(a.Vector, b.Vector) || !a.Reward.Equals(b.Reward) ||
                a.IsLast != b.IsLast)
            {
                Error($"the same seed gave another episode, from row {step} on");
                return;
            }
            if (a.IsLast)
                return;
            a = one.Step(RandomAction(one.ActionSpace, first, step));
            b = other.Step(RandomAction(other.ActionSpace, second, step));
        }
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

    private static int Digest(TimeStep row)
    {
        var hash = new HashCode();
        hash.AddBytes(row.Image);
        foreach (var x in row.Vector ?? [])
            hash.Add(x);
        return hash.ToHashCode();
    }

    private void Error(string what) => findings.Add(new Finding(true, what));

    private void Warn(string what) => findings.Add(new Finding(false, what));
}
