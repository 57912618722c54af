using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Models;
using Reverie.Replay;
using Reverie.Torch;

namespace Reverie.Export;

/// <summary>The graphs of an agent: its own functions, traced. Inputs and outputs have the names that
/// <c>docs/deploy.md</c> lists.</summary>
internal static class ActingGraphs
{
    private const string Image = "image", Vector = "vector", Continues = "continues", Action = "action", Deter = "deter",
        Stoch = "stoch", Previous = "previous_", Reward = "reward", Actions = "actions", Returns = "returns", Mask = "mask";

    /// <summary>One decision: what is seen and may be chosen, the state before it and the action that led here, to the action
    /// and the state after it; of an agent that plans, to the state alone.</summary>
    public static SymbolicGraph Act(IActingStep step, ExportOptions options)
    {
        using var noise = new Generator(Device.Cpu, 1);
        var layout = step.Layout;
        var mode = options.HasNoise ? ActMode.Evaluate : ActMode.Deterministic;
        return SymbolicGraph.Of(
            rows =>
            [
                .. Sight(layout, rows),
                .. layout.Groups.IsMasked ? [(Mask, Tensor.Ones([rows, layout.ActionSize]))] : Array.Empty<(string, Tensor)>(),
                (Continues, Tensor.Zeros([rows, 1])), .. Before(step, rows),
            ],
            (rows, given) =>
            {
                var seen = Seen(given);
                var belief = step.Filter(given[Continues], given[Previous + Action], Start(step, rows, given), seen, noise, mode);
                return
                [
                    .. NextAction(step, belief, given.GetValueOrDefault(Mask), noise, mode), .. State(belief),
                    .. options.HasValues ? Values(step, belief) : [],
                ];
            });
    }

    /// <summary>One decision of an agent that remembers nothing: what is seen to the action.</summary>
    public static SymbolicGraph Act(IReflexStep step, ExportOptions options)
    {
        using var noise = new Generator(Device.Cpu, 1);
        return SymbolicGraph.Of(rows => Sight(step.Layout, rows), (_, given) =>
        {
            var seen = Seen(given);
            var action = step.Choose(seen, noise);
            return [(Action, action), .. options.HasValues ? [("value", Column(step.Value(seen, action)))] : Array.Empty<(string, Tensor)>()];
        });
    }

    /// <summary>One step with closed eyes: the state before it and the action, to the state after it, what the model shows,
    /// expects and believes to be allowed there, and the next action.</summary>
    public static SymbolicGraph Dream(IDreamingStep step, ExportOptions options)
    {
        using var noise = new Generator(Device.Cpu, 1);
        var (world, layout) = (step.World, step.World.Layout);
        var mode = options.HasNoise ? ActMode.Evaluate : ActMode.Deterministic;
        return SymbolicGraph.Of(rows => Before(step, rows), (rows, given) =>
        {
            var epsilon = options.HasNoise ? world.Dynamics.Noise([rows], noise) : null;
            var belief = world.Dynamics.PriorStep(Start(step, rows, given), given[Previous + Action], epsilon);
            var allowed = step.Allowed(belief);
            return
            [
                .. NextAction(step, belief, allowed, noise, mode), .. State(belief), (Reward, Column(world.RewardOf(belief))),
                .. allowed is not null ? [(Mask, allowed)] : Array.Empty<(string, Tensor)>(),
                .. world.ContinuesAfter(belief) is { } on ? [(Continues, Column(on))] : Array.Empty<(string, Tensor)>(),
                .. layout.Image is not null ? [(Image, world.Pictures(belief))] : Array.Empty<(string, Tensor)>(),
                .. layout.VectorSize > 0 && world is WorldModel model ? [(Vector, VectorOf(model, belief))] : Array.Empty<(string, Tensor)>(),
            ];
        });
    }

    /// <summary>What plans are worth: a state and the actions of a plan, one a row, to the rewards that the model predicts
    /// along it, summed.</summary>
    /// <exception cref="ReverieException">The planner is not the cross-entropy method.</exception>
    public static SymbolicGraph Plan(PlaNet agent, int horizon)
    {
        if (agent.Planner is not CemPlanner)
            throw new ConfigurationException($"the planner {agent.Planner.GetType().Name} cannot be exported; the cross-entropy "
                + "method can (planner.kind = cem or shooting)");
        using var noise = new Generator(Device.Cpu, 1);
        IActingStep step = agent;
        return SymbolicGraph.Of(
            rows => [.. Before(step, rows)[1..], (Actions, Tensor.Zeros([horizon, rows, step.Layout.ActionSize]))],
            (rows, given) =>
            [
                (Returns, CemPlanner.Returns(agent.Model, Start(step, rows, given), given[Actions].Unsqueeze(2), noise)),
            ]);
    }

    private static (string, Tensor)[] Sight(EpisodeLayout layout, long rows) =>
    [
        .. layout.Image is { } space
            ? [(Image, Tensor.Zeros([rows, space.Height, space.Width, space.Channels], DType.UInt8))]
            : Array.Empty<(string, Tensor)>(),
        .. layout.VectorSize > 0 ? [(Vector, Tensor.Zeros([rows, layout.VectorSize]))] : Array.Empty<(string, Tensor)>(),
    ];

    private static Observation Seen(IReadOnlyDictionary<string, Tensor> given) =>
        new(given.GetValueOrDefault(Image)?.Permute(0, 3, 1, 2), given.GetValueOrDefault(Vector));

    private static (string, Tensor)[] Before(IActingStep step, long rows)
    {
        var start = step.Initial(rows);
        return
        [
            (Previous + Action, Tensor.Zeros([rows, step.Layout.ActionSize])),
            (Previous + Deter, Tensor.Zeros(start.Deter.Shape)), (Previous + Stoch, Tensor.Zeros(start.Stoch.Shape)),
        ];
    }

    private static LatentState Start(IActingStep step, long rows, IReadOnlyDictionary<string, Tensor> given) =>
        step.Initial(rows) with { Deter = given[Previous + Deter], Stoch = given[Previous + Stoch] };

    private static (string, Tensor)[] NextAction(
        IActingStep step, LatentState belief, Tensor? allowed, Generator noise, ActMode mode) =>
        step.Choose(belief, allowed, noise, mode) is { } action ? [(Action, action)] : [];

    private static (string, Tensor)[] State(LatentState belief) => [(Deter, belief.Deter), (Stoch, belief.Stoch)];

    private static (string, Tensor)[] Values(IActingStep step, LatentState belief) =>
    [
        .. step.Value(belief) is { } value ? [("value", Column(value))] : Array.Empty<(string, Tensor)>(),
        .. step is IDreamingAgent dreaming ? [(Reward, Column(dreaming.World.RewardOf(belief)))] : Array.Empty<(string, Tensor)>(),
    ];

    private static Tensor VectorOf(WorldModel model, LatentState belief) =>
        model.Decode(model.Dynamics.Feature(belief))[Observation.VectorKind].Mean.Symexp();

    private static Tensor Column(Tensor each) => each.Unsqueeze(-1);
}
