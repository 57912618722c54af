using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Fakes;

/// <summary>Learns nothing: it writes down what is asked of it, and gives the losses it is told to.</summary>
internal sealed class ScriptedAgent(int actionSize, Func<int, Dictionary<string, float>>? losses = null) : IAgent
{
    private readonly List<char> calls = [];
    private int updates;

    public Device Device => Device.Cpu;

    public IReadOnlyDictionary<string, Module> Modules { get; } = new Dictionary<string, Module>();

    public IReadOnlyDictionary<string, Optimizer> Optimizers { get; } = new Dictionary<string, Optimizer>();

    /// <summary>What was asked of it, in runs: <c>U5 E10 C10</c> is five updates, ten acts of an evaluation, ten of
    /// collecting.</summary>
    public string Calls
    {
        get
        {
            var runs = new List<(char Call, int Count)>();
            foreach (var call in calls)
                if (runs.Count > 0 && runs[^1].Call == call)
                    runs[^1] = (call, runs[^1].Count + 1);
                else
                    runs.Add((call, 1));
            return string.Join(' ', runs.Select(run => $"{run.Call}{run.Count}"));
        }
    }

    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        calls.Add(mode == ActMode.Evaluate ? 'E' : 'C');
        var actions = new float[observations.Length * actionSize];
        for (var i = 0; i < actions.Length; i++)
            actions[i] = (float)state.Random.NextDouble(-1, 1);
        return actions;
    }

    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        calls.Add('U');
        updates++;
        return losses?.Invoke(updates).ToDictionary(loss => loss.Key, loss => Tensor.Full([], loss.Value)) ?? [];
    }

    public void Dispose()
    {
    }
}
