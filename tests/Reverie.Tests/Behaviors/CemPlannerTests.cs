using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Models;
using Reverie.Tests.Torch;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Behaviors;

/// <summary>The cross-entropy method on scores whose best is known.</summary>
[NoTensorLeaks]
public sealed class CemPlannerTests
{
    [Fact]
    public void OneRefitTakesMeanAndPopulationSpreadOfTheElites()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var planner = new CemPlanner(new PlannerConfig { Horizon = 1, Iterations = 1, Candidates = 5, Elites = 3 });
        var given = Tensor.FromArray([.1f, -.5f, .9f, .3f, -.2f, .8f, .4f, .4f, 1f, -1f], [1, 1, 5, 2]);
        var (mean, std) = planner.Search(1, 2, noise, actions =>
        {
            var score = -(actions.Copy_(given) - Tensor.FromArray([.5f, .2f], [2])).Square().Sum(-1)[0];
            Near.Equal([-.65, -.17, -.85, -.05, -1.69], score, Near.Float32);
            return score;
        });
        Near.Equal([0.4666666666666667, 0.06666666666666665], mean, Near.Float32);
        Near.Equal([0.32998467977906015, 0.40276944052673885], std, Near.Float32);
    }

    /// <summary>Target .7·sin i, 1000 candidates, 100 elites, 12 decisions: errors of ten runs in double precision,
    /// with room for another stream of random numbers.</summary>
    [Theory]
    [InlineData(1, 1, .394)]
    [InlineData(1, 3, .115)]
    [InlineData(1, 5, .027)]
    [InlineData(1, 10, .0059)]
    [InlineData(6, 1, .676)]
    [InlineData(6, 5, .348)]
    [InlineData(6, 10, .150)]
    [InlineData(6, 30, .004)]
    public void ConvergesAsFastAsItShould(int actionSize, int iterations, double worst)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            using var scope = new TensorScope();
            using var noise = new Generator(Device.Cpu, seed);
            var target = ((Tensor.Arange(0, 12 * actionSize)).Sin() * 0.7).Reshape(12, 1, 1, actionSize);
            var planner = new CemPlanner(new PlannerConfig { Iterations = iterations });
            var (mean, std) = planner.Search(1, actionSize, noise, actions => Quadratic(actions, target));
            Assert.InRange((mean - target).Abs().Max().Item(), 0, worst * 1.5);
            Assert.True(Quadratic(mean, target).Item() > Quadratic(mean * 0, target).Item());
            Assert.True(std.Max().Item() < 1);
        }
    }

    [Fact]
    public void EveryProblemOfABatchFindsItsOwnBest()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var target = Tensor.FromArray([-.8f, 0, .5f, .9f], [1, 4, 1, 1]).Expand(12, 4, 1, 1);
        var (mean, _) = new CemPlanner(new PlannerConfig()).Search(4, 1, noise, actions => Quadratic(actions, target));
        Assert.Equal([12, 4, 1, 1], mean.Shape.ToArray());
        Assert.InRange((mean - target).Abs().Max().Item(), 0, 0.02);
    }

    /// <summary>The best of each group is found, whichever kind it is, in problems that differ.</summary>
    [Fact]
    public void GroupsAreSearchedTogether()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var groups = new ActionGroups((3, true), (1, false), (2, true));
        // What each of two problems wants: choice 2, −0.5, choice 0; and choice 1, 0.7, choice 1.
        var target = Tensor.FromArray([0f, 0, 1, -.5f, 1, 0, 0, 1, 0, .7f, 0, 1], [1, 2, 1, 6]);
        var best = new CemPlanner(new PlannerConfig()).SearchGroups(2, groups, noise, actions => Quadratic(actions, target));
        Assert.Equal([2, 1, 6], best.Shape.ToArray());
        Assert.InRange((best.Reshape(1, 2, 1, 6) - target).Abs().Max().Item(), 0, 0.05);
        foreach (var problem in new[] { 0, 1 })
            Assert.Equal(2, best[problem].ToArray<float>().Where((_, i) => i != 3).Count(value => value == 1));
    }

    [Fact]
    public void CandidatesAreClippedBeforeTheyAreScoredAndRefitted()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var target = Tensor.Full([12, 1, 1, 1], 1.5);
        var (mean, std) = new CemPlanner(new PlannerConfig()).Search(1, 1, noise, actions =>
        {
            Assert.Equal(1, actions.Abs().Max().Item());
            return Quadratic(actions, target);
        });
        Assert.InRange(mean.Min().Item(), 0.9, 1);
        Assert.InRange(mean.Max().Item(), 0.9, 1);
        Assert.InRange(std.Min().Item(), 0.0009, 0.2);          // √1e-6 is left where all elites are 1
    }

    [Fact]
    public void ShootingReturnsTheBestCandidate()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        var target = Tensor.Full([12, 2, 1, 3], 0.4);
        Tensor? tried = null;
        var planner = new CemPlanner(new PlannerConfig { Kind = "shooting" });
        var (mean, _) = planner.Search(2, 3, noise, actions => Quadratic((tried = actions.Clone().Keep()), target));
        for (var n = 0; n < 2; n++)
        {
            var best = Quadratic(tried!, target)[n].Argmax(0).Item();
            var sequence = tried!.Select(1, n).Select(1, (long)best);
            Assert.Equal(sequence.ToArray<float>(), mean.Select(1, n).ToArray<float>());
        }
        tried!.Dispose();
    }

    [Fact]
    public void ChoicesAreRefittedToHowOftenTheElitesMadeThem()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        var planner = new CemPlanner(new PlannerConfig { Horizon = 1, Iterations = 1, Candidates = 5, Elites = 4 });
        var given = Tensor.FromArray([0f, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0], [1, 1, 5, 3]);
        var belief = planner.SearchChoices(1, 3, noise, actions =>
        {
            actions.Copy_(given);
            return Tensor.FromArray([5f, 4, 3, 2, 1], [1, 5]);
        });
        Near.Equal([0.25, 0.25, 0.5], belief, Near.Float32);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(5, 5)]
    public void EveryProblemOfABatchFindsItsOwnChoices(int choices, int iterations)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 2);
        // Decision h of problem n is best made with choice (h + n) mod A; a candidate scores how many it has right.
        var best = new float[12 * 4 * choices];
        for (var h = 0; h < 12; h++)
            for (var n = 0; n < 4; n++) best[(h * 4 + n) * choices + (h + n) % choices] = 1;
        var target = Tensor.FromArray(best, [12, 4, 1, choices]);
        var planner = new CemPlanner(new PlannerConfig { Iterations = iterations });
        var belief = planner.SearchChoices(4, choices, noise, actions =>
        {
            Assert.Equal([12, 4, 1000, choices], actions.Shape.ToArray());
            Assert.Equal(1, actions.Sum(-1).Min().Item());
            Assert.Equal(12 * 4 * 1000, actions.Eq(1).To(DType.Float32).Sum().Item());
            return (actions * target).Sum([0, -1]);
        });
        Near.Equal([.. Enumerable.Repeat(1.0, 12 * 4)], belief.Sum(-1).Flatten(), Near.Float32);
        Assert.True((belief * target).Sum(-1).Min().Item() > 0.6);
    }

    [Fact]
    public void APerfectModelIsDrivenToItsTargetByChoices()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        using var model = Integrator(noise, choices: 3);
        var planner = new CemPlanner(new PlannerConfig { Candidates = 300, Elites = 30, Iterations = 6 },
            groups: new ActionGroups((3, true)));
        double[] x = [0, 1.8], v = [0, 0.3];
        for (var step = 0; step < 14; step++)
        {
            var action = planner.Plan(model, At(x, v), noise).ToArray<float>();
            for (var n = 0; n < 2; n++)
                (x[n], v[n]) = (x[n] + Step * v[n],
                    v[n] + Step * (new DiscreteSpace(3).Choice(action.AsSpan(3 * n, 3)) - 1));
        }
        for (var n = 0; n < 2; n++)
            Assert.InRange(x[n], 0.8, 1.2);
    }

    /// <summary>A point with a motor; its exact model is written into the weights, with the reward
    /// −|x − 1| − |v|/10.</summary>
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.BFloat16)]
    public void APerfectModelIsDrivenToItsTarget(DType precision)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        using var model = Integrator(noise);
        var planner = new CemPlanner(new PlannerConfig { Candidates = 300, Elites = 30, Iterations = 6 }, precision);
        // Two points at once, from either side.
        double[] x = [0, 1.8], v = [0, 0.3];
        for (var step = 0; step < 12; step++)
        {
            var action = planner.Plan(model, At(x, v), noise);
            Assert.Equal([2, 1], action.Shape.ToArray());
            for (var n = 0; n < 2; n++)
            {
                var a = action[n].Item();
                Assert.InRange(a, -1, 1);
                (x[n], v[n]) = (x[n] + Step * v[n], v[n] + Step * a);
            }
        }
        for (var n = 0; n < 2; n++)
        {
            Assert.InRange(x[n], 0.9, 1.1);
            Assert.InRange(v[n], -0.25, 0.25);
        }
    }

    [Theory]
    [InlineData("rssm", "planet")]
    [InlineData("rssm", "torch")]
    [InlineData("rssm", "norm")]
    [InlineData("discrete_rssm", "norm")]
    [InlineData("ssm", "planet")]
    [InlineData("rnn", "planet")]
    [InlineData("drnn", "planet")]
    [InlineData("drnn", "torch")]
    public void EveryDynamicsPlansInNarrowTypes(string dynamics, string gru)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        var config = new ModelConfig
        {
            Dynamics = dynamics, Gru = gru, Stoch = 3, Deter = 4, Hidden = 5, CnnDepth = 1, RewardLayers = 0,
        };
        using var model = new WorldModel(config, new(new ImageSpace(), 0, 2), DType.Float32, new(Device.Cpu, noise));
        var planner = new PlannerConfig { Candidates = 200, Elites = 20, Iterations = 5 };
        var state = noise.State;
        var exact = new CemPlanner(planner).Plan(model, model.Dynamics.Initial(3), noise);
        noise.State = state;
        var narrow = new CemPlanner(planner, DType.BFloat16).Plan(model, model.Dynamics.Initial(3), noise);
        Assert.Equal([3, 2], narrow.Shape.ToArray());
        Assert.Equal(DType.Float32, narrow.DType);
        Assert.InRange((exact - narrow).Abs().Mean().Item(), 0, 0.25);      // the same candidates, ranked nearly alike
    }

    [Fact]
    public void EveryPlanStartsFromNothing()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 3);
        using var model = Integrator(noise);
        var planner = new CemPlanner(new PlannerConfig { Candidates = 50, Elites = 5, Iterations = 3 });
        var state = noise.State;
        float[] Plan(double x) => planner.Plan(model, At([x], [0]), noise).ToArray<float>();
        var first = Plan(0);
        var later = Plan(0.9);
        noise.State = state;
        Assert.Equal(first, Plan(0));           // the plan in between left nothing behind
        Assert.NotEqual(first, Plan(0));        // but another stream of candidates is another plan
        Assert.True(first[0] > later[0]);
    }

    private const double Step = 0.3;

    // −‖a − target‖² of every candidate, (N, J).
    private static Tensor Quadratic(Tensor actions, Tensor target) => -(actions - target).Square().Sum([0, -1]);

    private static LatentState At(double[] x, double[] v)
    {
        var both = Tensor.Stack([Tensor.FromArray(x, [x.Length]), Tensor.FromArray(v, [v.Length])], -1);
        var stoch = both.To(DType.Float32);
        return new(Tensor.Zeros([x.Length, 0]), stoch, stoch, Tensor.Zeros(stoch.Shape));
    }

    // With choices: back, nothing, forth.
    private static WorldModel Integrator(Generator random, int choices = 1)
    {
        var config = new ModelConfig
        {
            Dynamics = "ssm", Stoch = 2, Hidden = 6, MinStd = 0, CnnDepth = 1, RewardLayers = 1, RewardUnits = 4,
        };
        var model = new WorldModel(config, new(new ImageSpace(), 0, choices), DType.Float32, new Initializer(Device.Cpu, random));
        // Hidden units are the positive and the negative parts of x, v and a: whatever is linear in these can be had.
        float[] push = choices == 1 ? [1] : [-1, 0, 1];
        float[] pull = [.. push.Select(a => -a)], none = new float[choices];
        Set("dynamics.prior_hidden.weight", [1, 0, .. none, -1, 0, .. none, 0, 1, .. none, 0, -1, .. none, 0, 0, .. push, 0, 0, .. pull]);
        const float T = (float)Step;
        Set("dynamics.prior.mean.weight", 1, -1, T, -T, 0, 0, 0, 0, 1, -1, T, -T);
        Set("dynamics.prior.std.weight", new float[12]);
        Set("dynamics.prior.std.bias", -40, -40);
        Set("reward.mlp.layer0.weight", 1, 0, -1, 0, 0, 1, 0, -1);
        Set("reward.mlp.layer0.bias", -1, 1, 0, 0);
        Set("reward.mlp.out.weight", -1, -1, -.1f, -.1f);
        return model;

        void Set(string name, params float[] values)
        {
            using var noGrad = new NoGrad();
            var parameter = model.NamedParameters().Single(p => p.Name == name).Value;
            parameter.Copy_(Tensor.FromArray(values, parameter.Shape));
        }
    }
}
