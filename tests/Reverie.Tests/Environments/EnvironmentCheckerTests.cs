using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Mujoco;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.Environments;

public class EnvironmentCheckerTests
{
    [Fact]
    public void ASoundEnvironmentGivesNoFinding() =>
        Assert.Empty(EnvironmentChecker.Check(_ => new Faulty(new StepCounter { EndsAfter = 50 },
            (row, _) => row with { IsTerminal = false })));

    [Fact]
    public void TheSuiteIsSound()
    {
        ControlSuiteTasks.Register();
        Assert.Empty(EnvironmentChecker.Check("cartpole_swingup",
            new EnvironmentConfig { ActionRepeat = 20 }.With(new MujocoSettings { Quality = "fast" }), steps: 110));
    }

    [Fact]
    public void FaultsAreFound()
    {
        Finds("reward is NaN", (row, time) => time == 9 ? row with { Reward = double.NaN } : row, rewardLast: true);
        Finds("entry 0 of its vector is NaN", (row, time) => time == 9 ? row with { Vector = [float.NaN] } : row);
        Finds("2 entries where 1 are due", (row, _) => row with { Vector = [1, 2] });
        Finds("4 bytes", (row, _) => row with { Image = new byte[4] });
        Finds("calls itself first", (row, time) => row with { IsFirst = true });
        Finds("its reward is 1E+30, beyond", (row, time) => time == 9 ? row with { Reward = 1e30 } : row, rewardLast: true);
        Finds("InvalidOperationException: sleepy", (row, time) => time == 5
            ? throw new InvalidOperationException("sleepy") : row);
    }

    [Fact]
    public void WhatTrainingCanLiveWithIsAWarning()
    {
        WarnsOf("entry 0 of its vector is -1 and leaves the bounds", (row, time) => row with { Vector = [-time] });
        float[] shared = [0];
        WarnsOf("gave away", (row, time) =>
        {
            shared[0] = time;
            return row with { Vector = shared };
        });
        var calls = 0;
        WarnsOf("another episode, from row", (row, _) => row with { Vector = [calls++] });
        Assert.Contains(
            EnvironmentChecker.Check(_ => new Sticky(new StepCounter { EndsAfter = 50 })),
            finding => !finding.IsError && finding.What == "its Dispose threw IOException: device is busy");
    }

    [Fact]
    public void AResetThatIsOverAtOnceEndsTheCheck()
    {
        var resets = 0;
        var finding = Assert.Single(EnvironmentChecker.Check(_ => new StepCounter
        {
            Fault = (row, _) => ++resets > 1000 ? throw new InvalidOperationException("still resetting")
                : row with { IsLast = true, IsTerminal = true },
        }));
        Assert.True(finding.IsError);
        Assert.Contains("must be first and not last", finding.What);
        Assert.Equal(1, resets);
    }

    [Fact]
    public void ARoundingIsNoWayOutOfTheBounds() => Assert.Empty(EnvironmentChecker.Check(_ => new Faulty(
        new StepCounter { EndsAfter = 50, ObservationSpace = BoxSpace.Uniform(1, 0, 50) },
        (row, time) => row with { Vector = [time == 50 ? 50.000004f : time], IsTerminal = false })));

    [Fact]
    public void SpacesAreChecked()
    {
        Finds("no action lies between them", new StepCounter { ActionSpace = BoxSpace.Uniform(1, float.PositiveInfinity, float.PositiveInfinity) });
        Finds("above the upper one", new StepCounter { ActionSpace = BoxSpace.Uniform(1, 1, -1) });
        Finds("above the upper one", new StepCounter
        {
            ObservationSpace = new MixedSpace(new ImageSpace(2, 2, 3), BoxSpace.Uniform(1, 1, -1)),
        });
        Finds("2 by 2 with 7 channels", new StepCounter { ObservationSpace = new ImageSpace(2, 2, 7) });
        Finds("neither a box nor discrete", new StepCounter { ActionSpace = new ImageSpace() });
    }

    [Fact]
    public void EveryChoiceIsTried()
    {
        var made = new List<StepCounter>();
        Assert.Empty(EnvironmentChecker.Check(_ =>
        {
            made.Add(new StepCounter { ActionSpace = new DiscreteSpace(5), EndsAfter = 3 });
            return made[^1];
        }, steps: 5));
        Assert.Equal([0, 1, 2, 3, 4], made[0].Actions.Select(action => Array.IndexOf(action, 1)));
        Finds("at least one choice", new StepCounter { ActionSpace = new DiscreteSpace(0) });
    }

    [Fact]
    public void WhatMayBeMeantIsAWarning()
    {
        var findings = EnvironmentChecker.Check(_ => new StepCounter { Fault = (row, _) => row with { Vector = [1] } });
        Assert.All(findings, finding => Assert.False(finding.IsError));
        Assert.Contains(findings, finding => finding.What.Contains("no episode ended"));
        Assert.Contains(findings, finding => finding.What.Contains("did not change"));
        Warns("terminated after 50 decisions", (row, _) => row);
        Warns("reaches 5E+04", (row, _) => row with { Reward = 1e3 * row.Reward });
        Warns("no decision's reward is larger than 5E-05", (row, _) => row with { Reward = 1e-6 * row.Reward });
        Warns("no reward in 1200 decisions", (row, _) => row with { Reward = 0 });
        Warns("every decision's reward was 1", (row, _) => row with { Reward = 1, IsTerminal = false });
        Warns("ended with its first decision", (row, _) => row with { IsLast = true });
    }

    [Fact]
    public void PicturesAreLookedAt()
    {
        PictureWarns("no byte above 1", (row, time) => row with { Image = [(byte)(time % 2), .. new byte[11]] });
        PictureWarns("lie between 100 and 110", (row, time) => row with
        {
            Image = [.. Enumerable.Repeat((byte)(100 + time % 11), 12)],
        });
        PictureWarns("its picture did not change", (row, _) => row with { Image = [0, 200, .. new byte[10]] });
    }

    [Fact]
    public void AnEpisodeMayNotDependOnThoseBefore()
    {
        var made = 0;
        IEnvironment Make(int seed)
        {
            made++;
            return made < 4 ? new StepCounter { EndsAfter = 50 } : new StepCounter { EndsAfter = 49 };
        }
        Assert.Contains(EnvironmentChecker.Check(Make),
            finding => !finding.IsError && finding.What.Contains("after other ones, from row 49"));
    }

    [Fact]
    public void WhatWasMeasuredIsTold()
    {
        EnvironmentRegistry.Register(new TaskInfo
        {
            Task = "examined", Domain = "tests", ObservationSpace = BoxSpace.Uniform(1, 0, 1e6f),
            ActionSpace = BoxSpace.Uniform(1, -1, 1), ActionNames = ["one", "two"], EpisodeSteps = 24, ActionRepeat = 4,
        }, (_, _) => new StepCounter { ObservationSpace = BoxSpace.Uniform(2, 0, 1e5f) });
        var broken = EnvironmentChecker.Examine("examined", new EnvironmentConfig(), steps: 25);
        Assert.Contains(broken.Findings, finding => finding.What.Contains("names 2 of 1 actions"));
        Assert.Contains(broken.Findings, finding => finding.What.Contains("where its TaskInfo says Box[1]"));
        Assert.Null(broken.Measured);

        var info = EnvironmentRegistry.Find("examined") with { ActionNames = [] };
        EnvironmentRegistry.Register(info, (_, _) => new StepCounter());
        var (_, _, findings, measured) = EnvironmentChecker.Examine("examined", new EnvironmentConfig(), steps: 25);
        Assert.Empty(findings);
        Assert.Equal((25, 100, 4, 0), (measured!.Decisions, measured.EnvSteps, measured.Episodes, measured.Terminals));
        Assert.Equal(new Spread(6, 6, 6), measured.Length);
        Assert.Equal(new Spread(300, 300, 300), measured.Return);
        Assert.Equal((10.0, 90.0), (measured.Reward.Least, measured.Reward.Most));
        Assert.InRange(measured.DecisionsPerSecond, 1, double.MaxValue);
    }

    private static void WarnsOf(string what, Func<TimeStep, int, TimeStep> fault) => Assert.Contains(
        EnvironmentChecker.Check(_ => new StepCounter { EndsAfter = 50, Fault = fault }),
        finding => !finding.IsError && finding.What.Contains(what));

    private static void Warns(string what, Func<TimeStep, int, TimeStep> change) => Assert.Contains(
        EnvironmentChecker.Check(_ => new Faulty(new StepCounter { EndsAfter = 50 }, change)),
        finding => !finding.IsError && finding.What.Contains(what));

    private static void PictureWarns(string what, Func<TimeStep, int, TimeStep> paint) => Assert.Contains(
        EnvironmentChecker.Check(_ => new StepCounter
        {
            EndsAfter = 50, ObservationSpace = new MixedSpace(new ImageSpace(2, 2), BoxSpace.Uniform(1, 0, 1e6f)),
            Fault = paint,
        }),
        finding => !finding.IsError && finding.What.Contains(what));

    private static void Finds(string what, Func<TimeStep, int, TimeStep> fault, bool rewardLast = false)
    {
        // StepCounter sets the reward after its fault, so a faulty reward needs a wrapper.
        IEnvironment Make(int seed) => rewardLast
            ? new Faulty(new StepCounter { EndsAfter = 50 }, fault)
            : new StepCounter { EndsAfter = 50, Fault = fault };
        Assert.Contains(EnvironmentChecker.Check(Make), finding => finding.IsError && finding.What.Contains(what));
    }

    private static void Finds(string what, StepCounter broken) => Assert.Contains(
        EnvironmentChecker.Check(_ => broken), finding => finding.IsError && finding.What.Contains(what));

    internal sealed class Faulty(IEnvironment inner, Func<TimeStep, int, TimeStep> fault) : EnvironmentWrapper(inner)
    {
        private int time;

        public override TimeStep Reset(int? seed = null)
        {
            time = 0;
            return base.Reset(seed);
        }

        public override TimeStep Step(ReadOnlySpan<float> action) => fault(base.Step(action), ++time);
    }

    private sealed class Sticky(IEnvironment inner) : EnvironmentWrapper(inner)
    {
        protected override void Dispose(bool disposing) => throw new IOException("device is busy");
    }
}
