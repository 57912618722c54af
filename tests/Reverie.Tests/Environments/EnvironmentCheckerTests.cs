using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;

namespace Reverie.Tests.Environments;

public class EnvironmentCheckerTests
{
    [Fact]
    public void ASoundEnvironmentGivesNoFinding() =>
        Assert.Empty(EnvironmentChecker.Check(_ => new StepCounter { EndsAfter = 50 }));

    [Fact]
    public void TheSuiteIsSound()
    {
        ControlSuiteTasks.Register();
        Assert.Empty(EnvironmentChecker.Check("cartpole_swingup",
            new EnvironmentConfig { Quality = "fast", ActionRepeat = 20 }, steps: 110));
    }

    [Fact]
    public void FaultsAreFound()
    {
        Finds("reward is NaN", (row, time) => time == 9 ? row with { Reward = double.NaN } : row, rewardLast: true);
        Finds("entry 0 of its vector is NaN", (row, time) => time == 9 ? row with { Vector = [float.NaN] } : row);
        Finds("2 entries where its observation space says 1", (row, _) => row with { Vector = [1, 2] });
        Finds("4 bytes", (row, _) => row with { Image = new byte[4] });
        Finds("leaves the bounds", (row, time) => row with { Vector = [-time] });
        Finds("InvalidOperationException: sleepy", (row, time) => time == 5
            ? throw new InvalidOperationException("sleepy") : row);
        float[] shared = [0];
        Finds("gave away", (row, time) =>
        {
            shared[0] = time;
            return row with { Vector = shared };
        });
        var calls = 0;
        Finds("another episode, from row", (row, _) => row with { Vector = [calls++] });
    }

    [Fact]
    public void SpacesAreChecked()
    {
        Finds("not finite", new StepCounter { ActionSpace = BoxSpace.Uniform(1, -1, float.PositiveInfinity) });
        Finds("not below", new StepCounter { ActionSpace = BoxSpace.Uniform(1, 1, -1) });
        Finds("not below", new StepCounter
        {
            ObservationSpace = new MixedSpace(new ImageSpace(2, 2, 3), BoxSpace.Uniform(1, 1, -1)),
        });
        Finds("channels", new StepCounter { ObservationSpace = new ImageSpace(2, 2, 7) });
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
    }

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
}
