using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Training;

namespace Reverie.Tests.Environments;

public class TimedEnvironmentTests
{
    private static readonly EnvironmentConfig Patient = new(), Hasty = new() { Timeout = 0.05 };

    [Fact]
    public void OneThreadPlaysItFromTheBeginningToTheEnd()
    {
        var threads = new List<int>();
        using (var environment = TimedEnvironment.Make("mine", Patient, () => new Watched(threads.Add)))
        {
            environment.Reset(1);
            Assert.Equal(1, environment.Step([0]).Reward);
            Assert.Equal(2, environment.Step([0]).Reward);
            Assert.Equal([2, 0, 0, 0], Assert.IsType<IPictureSource>(environment, exactMatch: false).Draw());
        }
        Assert.Equal(6, threads.Count);     // made, reset, two steps, drawn, disposed of
        Assert.NotEqual(Environment.CurrentManagedThreadId, Assert.Single(threads.Distinct()));
    }

    [Fact]
    public void WhatItThrowsComesThroughAndItGoesOn()
    {
        using var environment = TimedEnvironment.Make("mine", Patient, () => new StepCounter
        {
            Fault = (row, time) => time == 1 ? throw new FormatException("no map") : row,
        });
        environment.Reset();
        Assert.Equal("no map", Assert.Throws<FormatException>(() => environment.Step([0])).Message);
        Assert.Equal(0, environment.Reset().Vector[0]);
        Assert.Throws<FormatException>(() => TimedEnvironment.Make("mine", Patient, () => throw new FormatException()));
    }

    [Fact]
    public void OneThatHangsIsLeftAndSaysWhereFromThenOn()
    {
        using var gate = new ManualResetEventSlim();
        var environment = Hanging(gate, at: 2);
        environment.Reset();
        environment.Step([0]);
        const string Line = "environment mine hangs at step 2: it has not returned for 0.05 s; environment.timeout sets "
            + "how long to wait";
        var hang = Assert.ThrowsAny<ReverieException>(() => environment.Step([0]));
        Assert.Equal(Line, hang.Message);
        Assert.True(EnvironmentThread.IsHang(hang));
        Assert.Equal(Line, Assert.ThrowsAny<ReverieException>(() => environment.Reset()).Message);
        environment.Dispose();
        gate.Set();
    }

    [Fact]
    public void AHangEndsTheCollectingAtOnce()
    {
        using var gate = new ManualResetEventSlim();
        var made = 0;
        using var environments = new ParallelEnvironments(1, 1, _ =>
        {
            made++;
            return Hanging(gate, at: 3);
        });
        var lines = new List<string>();
        var layout = EpisodeLayout.From(environments.ObservationSpace, environments.ActionSpace);
        using var agent = new RandomAgent(layout);
        var message = Assert.ThrowsAny<ReverieException>(
            () => new Collector(environments, layout, lines.Add).Collect(agent, ActMode.Collect, 1)).Message;
        Assert.StartsWith("environment mine hangs at step 3", message);
        Assert.Empty(lines);
        Assert.Equal(1, made);
        gate.Set();
    }

    [Fact]
    public void OneThatHangsAsItIsDisposedOfIsTold()
    {
        using var gate = new ManualResetEventSlim();
        var (told, before) = (new List<string>(), TimedEnvironment.Logger);
        TimedEnvironment.Logger = new LineLogger(told.Add);
        try
        {
            var environment = TimedEnvironment.Make("mine", Hasty, () => new Watched(_ => { }, gate.Wait));
            environment.Dispose();
            environment.Dispose();
        }
        finally
        {
            TimedEnvironment.Logger = before;
        }
        Assert.StartsWith("environment mine hangs at Dispose", Assert.Single(told));
        gate.Set();
    }

    private static IEnvironment Hanging(ManualResetEventSlim gate, int at) =>
        TimedEnvironment.Make("mine", Hasty, () => new StepCounter
        {
            Fault = (row, time) =>
            {
                if (time == at) gate.Wait();
                return row;
            },
        });

    private sealed class Watched : EnvironmentWrapper, IPictureSource
    {
        private readonly Action<int> about;
        private readonly Action? last;

        public Watched(Action<int> about, Action? last = null) : base(new StepCounter())
        {
            (this.about, this.last) = (about, last);
            about(Environment.CurrentManagedThreadId);
        }

        public ImageSpace Picture => ((StepCounter)Inner).Picture;

        public byte[] Draw()
        {
            about(Environment.CurrentManagedThreadId);
            return ((StepCounter)Inner).Draw();
        }

        public override TimeStep Reset(int? seed = null)
        {
            about(Environment.CurrentManagedThreadId);
            return base.Reset(seed);
        }

        public override TimeStep Step(ReadOnlySpan<float> action)
        {
            about(Environment.CurrentManagedThreadId);
            return base.Step(action);
        }

        protected override void Dispose(bool disposing)
        {
            about(Environment.CurrentManagedThreadId);
            last?.Invoke();
        }
    }
}
