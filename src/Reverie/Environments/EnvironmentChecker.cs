using Reverie.Configuration;
using Reverie.Torch;

namespace Reverie.Environments;

/// <summary>
/// Looks an environment over before somebody trains in it for hours: spaces, shapes, bounds, flags, rewards, time,
/// ends, pictures, arrays that are written to again, and whether the same seed gives the same episode.
/// </summary>
/// <remarks>An error is what training refuses or stops at, by the same rules, and nothing else is one; what may be
/// meant so, or spoils learning without stopping it, is a warning. Time and memory are bounded by the steps, whatever
/// the environment does.</remarks>
public sealed class EnvironmentChecker
{
    private const int CompareSteps = 200;

    private readonly List<Finding> findings = [];
    private readonly EnvironmentTally tally = new();
    private readonly Func<int, IEnvironment> make;
    private readonly int steps;
    private Space? observation, action;
    private bool leaves;    // its vector the bounds; told once

    private EnvironmentChecker(Func<int, IEnvironment> make, int steps) => (this.make, this.steps) = (make, steps);

    /// <summary>Checks a registered task with all its wrappers.</summary>
    /// <exception cref="ReverieException">There is no task of that name.</exception>
    public static IReadOnlyList<Finding> Check(string task, EnvironmentConfig config, int steps = 1200) =>
        Examine(task, config, steps).Findings;

    /// <summary>Checks what <paramref name="make"/> makes; it is called a few times.</summary>
    /// <param name="make">Makes an environment from a seed.</param>
    /// <param name="steps">Steps to take at least, over one or more episodes.</param>
    /// <returns>What was found, each thing once; empty where all is well.</returns>
    public static IReadOnlyList<Finding> Check(Func<int, IEnvironment> make, int steps = 1200) =>
        new EnvironmentChecker(seed => Joined(make(seed)), steps).Report().Findings;

    /// <summary>As <see cref="Check(string, EnvironmentConfig, int)"/>, with what was measured on the way.</summary>
    /// <param name="task">A registered name.</param>
    /// <param name="config">What <see cref="EnvironmentRegistry.Make"/> reads.</param>
    /// <param name="steps">Steps to take at least.</param>
    /// <param name="asked">What an agent would see of it; null for all that the task shows.</param>
    /// <exception cref="ReverieException">There is no task of that name.</exception>
    public static EnvironmentReport Examine(
        string task, EnvironmentConfig config, int steps = 1200, ObservationKind? asked = null)
    {
        var name = EnvironmentRegistry.Find(task).Task;
        return new EnvironmentChecker(seed => EnvironmentRegistry.Compose(name, config, seed, asked), steps).Report();
    }

    // What is wrong with its spaces is told of them as they are.
    private static IEnvironment Joined(IEnvironment made) =>
        SpaceRule.FaultsOf(made.ObservationSpace, made.ActionSpace).Any() ? made : NamedObservation.Wrap(made, new());

    private EnvironmentReport Report()
    {
        try
        {
            Run();
        }
        catch (Exception fault)
        {
            var reason = ForeignFault.Of(fault);
            var kind = reason is ReverieException and not TorchException ? "" : $"it threw {reason.GetType().Name}: ";
            Error(kind + ForeignFault.Words(reason));
        }
        return new(observation, action, findings, tally.Decisions > 0 ? tally.Measures() : null);
    }

    private void Run()
    {
        var environment = make(0);
        try
        {
            (observation, action) = (environment.ObservationSpace, environment.ActionSpace);
            foreach (var fault in SpaceRule.FaultsOf(observation, action)) Error(fault);
            if (findings.Count > 0)
                return;
            if (SpaceRule.Unlearnable(observation) is { } unlearnable)
                Error(unlearnable);
            Walk(environment);
        }
        finally
        {
            Discard(environment);
            Discard(environment);    // a second time must do no harm
        }
        CompareSeeds();
    }

    // Training leaves an environment alone that cannot be disposed of: all is saved by then.
    private void Discard(IEnvironment environment)
    {
        try
        {
            environment.Dispose();
        }
        catch (Exception fault)
        {
            Warn($"its Dispose threw {fault.GetType().Name}: {ForeignFault.Words(fault)}");
        }
    }

    private void Walk(IEnvironment environment)
    {
        var random = new RandomSource(1);
        var fresh = true;
        while (tally.Decisions < steps)
        {
            var row = environment.Reset(fresh ? 7 : null);
            fresh = false;
            Demand(row, isReset: true);
            tally.Begin(row);
            while (!row.IsLast && tally.Decisions < steps)
            {
                var before = row;
                var (image, vector) = (before.Image?.ToArray(), before.Vector?.ToArray());
                row = tally.Step(environment, RandomAction(action!, random, tally.Decisions, row.ActionMask));
                Demand(row);
                if (!Same(image, before.Image) || !Same(vector, before.Vector))
                    Warn("it writes into an array that it gave away in an earlier row; training copies rows at once, "
                        + "but whoever keeps one sees it change: hand out a new one each time");
            }
        }
        foreach (var warning in tally.Warnings()) Warn(warning);
    }

    // One fault is enough: the rest would follow from it, and training would not get further either.
    private void Demand(TimeStep row, bool isReset = false)
    {
        if (RowRule.FaultOf(row, observation!, ActionGroups.Of(action!), isReset) is { } fault)
            throw new EnvironmentException($"{(isReset ? "after a reset" : $"at step {tally.Decisions}")} {fault}");
        if (SpaceRule.VectorOf(observation) is { } box && !leaves)
            LookAtBounds(row.Vector, box);
    }

    // A bound that is a number of double precision is no number of single precision as a rule.
    private void LookAtBounds(float[] vector, BoxSpace box)
    {
        for (var i = 0; i < box.Size && !leaves; i++)
        {
            var rounding = 1e-6f * Math.Max(1, Math.Abs(vector[i]));
            leaves = vector[i] < box.Low[i] - rounding || vector[i] > box.High[i] + rounding;
            if (leaves)
                Warn(FormattableString.Invariant($"entry {i} of its vector is {vector[i]} and leaves the bounds of its ")
                    + FormattableString.Invariant($"observation space, {box.Low[i]} to {box.High[i]}; agents see it ")
                    + "as it is");
        }
    }

    private void CompareSeeds()
    {
        var made = new List<IEnvironment>();
        try
        {
            made.AddRange([make(3), make(3)]);
            if (Difference(made[0], made[1], seed: 11) is { } row)
            {
                Warn($"the same seed gave another episode, from row {row} on, so that no run in it can be repeated; "
                    + "draw everything random from the seed of Reset");
                return;
            }
            // One that has played before and one made from another seed, as when a run goes on.
            made.Add(make(4));
            if (Difference(made[0], made[2], seed: 12) is { } later)
                Warn($"the same seed of Reset gave another episode after other ones, from row {later} on, so that no "
                    + "run in it can be repeated; set everything back in Reset");
        }
        finally
        {
            made.ForEach(Discard);
        }
    }

    // The first row in which two environments differ, or null.
    private int? Difference(IEnvironment one, IEnvironment other, int seed)
    {
        var (first, second) = (new RandomSource(2), new RandomSource(2));
        var (a, b) = (one.Reset(seed), other.Reset(seed));
        for (var step = 0; step <= CompareSteps; step++)
        {
            if (!Same(a.Image, b.Image) || !Same(a.Vector, b.Vector) || !Same(a.ActionMask, b.ActionMask) || !a.Reward.Equals(b.Reward) ||
                a.IsLast != b.IsLast || a.IsTerminal != b.IsTerminal)
                return step;
            if (a.IsLast)
                return null;
            a = one.Step(RandomAction(action!, first, step, a.ActionMask));
            b = other.Step(RandomAction(action!, second, step, b.ActionMask));
        }
        return null;
    }

    // Every tenth action lies on the bounds, where environments fail first; every choice is made at least once.
    private static float[] RandomAction(Space space, RandomSource random, int step, bool[]? mask) =>
        ActionGroups.Of(space).Obeying(RandomAction(space, random, step), mask);

    private static float[] RandomAction(Space space, RandomSource random, int step) => space switch
    {
        BoxSpace own when NormalizeActions.Bounded(own, 1) is var box => [.. Enumerable.Range(0, box.Size)
            .Select(i => step % 10 == 9 ? random.NextInt(2) == 0 ? box.Low[i] : box.High[i]
                : (float)random.NextDouble(box.Low[i], box.High[i]))],
        GroupedSpace parts => [.. parts.Groups.SelectMany(part => RandomAction(part, random, step))],
        _ => OneOf((DiscreteSpace)space, random, step),
    };

    private static float[] OneOf(DiscreteSpace choices, RandomSource random, int step) =>
        choices.OneHot(step < choices.Count ? step : random.NextInt(choices.Count));

    private static bool Same<T>(T[]? a, T[]? b) => a.AsSpan().SequenceEqual(b);

    private void Error(string what) => Add(new Finding(true, what));

    private void Warn(string what) => Add(new Finding(false, what));

    private void Add(Finding finding)
    {
        if (!findings.Contains(finding)) findings.Add(finding);
    }
}
