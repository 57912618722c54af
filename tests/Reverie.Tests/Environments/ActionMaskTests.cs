using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Tests.Fakes;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Distributions;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Environments;

/// <summary>What may not be chosen now: told by rows, obeyed by whoever acts, kept, predicted.</summary>
[NoTensorLeaks]
public sealed class ActionMaskTests
{
    private static readonly GroupedSpace Grouped = new(
        new DiscreteSpace(3) { IsMasked = true }, BoxSpace.Uniform(1, -1, 1), new DiscreteSpace(2) { IsMasked = true });

    private static readonly BoxSpace Seen = BoxSpace.Uniform(2, -1, 1);

    [Fact]
    public void WhatIsNotAllowedIsNotPassedOn()
    {
        using var environment = new CheckedEnvironment(new SpacesEnvironment(Seen, Grouped), "doors");
        Assert.Equal([false, true, true, true, false, true], environment.Reset().ActionMask);
        environment.Step([0, 1, 0, 0.5f, 0, 1]);
        var fault = Assert.Throws<EnvironmentException>(() => environment.Step([0, 1, 0, 0.5f, 1, 0]));
        Assert.Equal("environment doors cannot do what the agent wants at step 2: the choice of group 0 is not allowed by the "
            + "mask of the row before", fault.Message);
    }

    [Theory]
    [InlineData(new bool[0], "its mask of actions has 0 entries where 6 are due")]
    [InlineData(new[] { true, true, true, true, true }, "its mask of actions has 5 entries where 6 are due")]
    [InlineData(new[] { true, true, true, true, false, false }, "its mask allows none of the 2 choices of group 2")]
    [InlineData(new[] { false, true, false, false, true, false }, null)]
    public void ARowMustAllowOneOfEachChoice(bool[] mask, string? fault)
    {
        var row = new TimeStep { Image = [], Vector = [0, 0], IsFirst = true, ActionMask = mask };
        Assert.Equal(fault, RowRule.FaultOf(row, Seen, ActionGroups.Of(Grouped), isReset: true));
    }

    [Fact]
    public void AMaskWithoutASpaceThatSaysSoIsAFault()
    {
        var row = new TimeStep { Image = [], Vector = [0, 0], IsFirst = true, ActionMask = [true, true] };
        Assert.Equal("its mask of actions has 2 entries where 0 are due",
            RowRule.FaultOf(row, Seen, ActionGroups.Of(new DiscreteSpace(2)), isReset: true));
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("held")]
    [InlineData("brownian")]
    public void RandomAgentsObey(string kind)
    {
        using var environment = new CheckedEnvironment(new SpacesEnvironment(Seen, Grouped), "doors");
        using var agent = new RandomAgent(EpisodeLayout.From(Seen, Grouped), kind);
        using var state = agent.Begin(1, 1);
        var taken = new HashSet<(int, int)>();
        for (var episode = 0; episode < 200; episode++)
            for (var row = environment.Reset(); !row.IsLast;)
            {
                var action = agent.Act([row], state, ActMode.Collect);
                taken.Add((Array.IndexOf(action, 1f, 0, 3), Array.IndexOf(action, 1f, 4, 2)));
                row = environment.Step(action);
            }
        Assert.Equal(6, taken.Count);
    }

    [Fact]
    public void AnActionIsRepeatedOnlyWhileItIsAllowed()
    {
        using var environment = new ActionRepeat(
            new CheckedEnvironment(new SpacesEnvironment(Seen, new DiscreteSpace(4) { IsMasked = true }), "doors"), 3);
        environment.Reset();                                    // 0 is not allowed, then 1, 2, 3
        Assert.Equal(2, environment.Step([0, 0, 1, 0]).EnvSteps);
        Assert.Equal(3, environment.Step([0, 1, 0, 0]).EnvSteps);   // after row 2, over rows 3 and 4, to row 5
    }

    [Fact]
    public void FilesKeepTheMask()
    {
        using var folder = new TemporaryDirectory();
        var layout = EpisodeLayout.From(Seen, Grouped);
        Assert.Equal("image none, vector 2, action 3 one-hot + 1 + 2 one-hot, masked", $"{layout}");
        Assert.Equal(4 * (2 + 6 + 1) + 3 + 6, layout.BytesPerRow);
        var recorder = new EpisodeRecorder(layout);
        using var environment = new SpacesEnvironment(Seen, Grouped);
        var (row, random) = (environment.Reset(), new RandomSource(1));
        recorder.Begin(row);
        var masks = new List<bool>(row.ActionMask);
        while (!row.IsLast)
        {
            var action = RandomAction.Draw(Grouped, random, row.ActionMask);
            recorder.Add(action, row = environment.Step(action));
            masks.AddRange(row.ActionMask);
        }
        var episode = recorder.Finish();
        Assert.Equal(masks, episode.Mask);
        Assert.True(episode.HasRow(10, row));
        Assert.False(episode.HasRow(10, row with { ActionMask = [.. row.ActionMask.Select(open => !open)] }));
        EpisodeArchive.Write(folder["a.npz"], episode);
        var read = EpisodeArchive.Read(folder["a.npz"]);
        Assert.Equal(masks, read.Mask);
        Assert.True(layout.Accepts(read));
        Assert.False(EpisodeLayout.From(Seen, ActionGroups.Of(Grouped).ToSpace(masked: false)).Accepts(read));
        var report = new DataFolder(folder.Path).Demand();
        Assert.Equal(layout, report.Layout);
        Assert.Equal(masks, Assert.Single(new DataFolder(folder.Path).Read(report, layout)).Mask);
        var batch = new SequenceBatch(layout, 3, 2);
        batch.CopyFrom(episode, 4, 3, 1, 0);
        Assert.Equal(masks.Skip(5 * 6).Take(6), batch.Mask.Skip((1 * 2 + 1) * 6).Take(6));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void AnActorTakesAllProbabilityFromWhatIsNotAllowed(double unimix)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var actor = new Actor(5, ActionGroups.Of(Grouped), new ActorConfig { Unimix = unimix, Layers = 1, Units = 4 }, "elu",
            new Initializer(Device.Cpu, random));
        var features = Tensor.Randn([2000, 5], random) * 3;
        var allowed = Tensor.FromArray([0f, 1, 1, 1, 0, 1], [1, 6]).Expand(2000, 6);
        var policy = actor.Forward(features, random, allowed);
        foreach (var actions in new[] { policy.Sample(random), policy.Mode })
            Assert.Equal(0, (actions * (1 - allowed)).Narrow(-1, 0, 3).Sum().Item() + actions.Narrow(-1, 4, 1).Sum().Item());
        var choice = (OneHotCategorical)((JointDistribution)policy).Parts[0].Distribution;
        Assert.Equal(0, choice.Mean.Narrow(-1, 0, 1).Max().Item());
        Assert.InRange(choice.Mean.Narrow(-1, 1, 2).Min().Item(), unimix / 2 - 1e-6, 1);
        Assert.InRange(choice.Entropy().Max().Item(), 0.3, Math.Log(2) + 1e-5);
        Assert.All(policy.LogProb(policy.Sample(random)).ToArray<float>(), value => Assert.True(value > -100));
        // With everything allowed it is what it is without a mask.
        var open = actor.Forward(features, random, Tensor.Ones([2000, 6]));
        var (with, without) = ((JointDistribution)open, (JointDistribution)actor.Forward(features, random));
        Assert.InRange((with.Parts[0].Distribution.Mean - without.Parts[0].Distribution.Mean).Abs().Max().Item(), 0, 1e-6);
        var noisy = Exploration.Apply(policy.Sample(random), ActionGroups.Of(Grouped), 1, 0.3, random, allowed);
        Assert.Equal(0, noisy.Narrow(-1, 0, 1).Sum().Item() + noisy.Narrow(-1, 4, 1).Sum().Item());
        Assert.InRange(noisy.Narrow(-1, 1, 1).Mean().Item(), 0.45, 0.55);
    }

    [Fact]
    public void APlanBeginsWithWhatIsAllowed()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var groups = new ActionGroups((3, true)) { IsMasked = true };
        // The best is choice 2, which the first of two problems may not choose now.
        var target = Tensor.FromArray([0f, .4f, 1], [1, 1, 1, 3]);
        var allowed = Tensor.FromArray([1f, 1, 0, 1, 1, 1], [2, 3]);
        var best = new CemPlanner(new PlannerConfig { Horizon = 3 }).SearchGroups(2, groups, noise,
            actions => -(actions - target).Square().Sum([0, -1]), allowed);
        Assert.Equal([0, 1, 0, 0, 0, 1], best.ToArray<float>());
    }

    [Fact]
    public void TheModelLearnsWhatIsAllowedAndAlwaysAllowsSomething()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        var groups = ActionGroups.Of(Grouped);
        using var head = new MaskHead(2, groups, 1, 16, "elu", new Initializer(Device.Cpu, random));
        using var optimizer = new Adam(head.NamedParameters(), new AdamOptions { LearningRate = 0.02 });
        // Choice 0 is allowed right of 0, choice 1 left of it, choice 2 never; of the other two the first always.
        var features = Tensor.Randn([256, 2], random);
        var right = features.Narrow(-1, 0, 1).Gt(0).To(DType.Float32);
        var mask = Tensor.Cat([right, 1 - right, right * 0, right * 0, right * 0 + 1, right * 0], -1);
        var before = head.Loss(features, mask).Mean().Item();
        for (var i = 0; i < 150; i++)
        {
            using var inner = new TensorScope();
            optimizer.Step(head.Loss(features, mask).Mean());
        }
        Assert.InRange(head.Loss(features, mask).Mean().Item(), 0, before / 5);
        var allowed = head.Allowed(features);
        Assert.InRange((allowed - mask).Abs().Narrow(-1, 0, 3).Sum().Item(), 0, 10);
        Assert.Equal(256, allowed.Narrow(-1, 3, 1).Sum().Item());           // continuous entries do not matter
        Assert.Equal(256, head.Allowed(features * 1000).Narrow(-1, 0, 3).Sum(-1).Ge(1).To(DType.Float32).Sum().Item());
    }
}
