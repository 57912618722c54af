namespace Reverie.Runtime;

/// <summary>
/// What an agent remembers of an episode: its state, and the action that it did last; of several rows at once, where as many
/// bodies are played by one agent. For one thread at a time; different memories of one agent may be used at once.
/// </summary>
/// <remarks>Holds native memory and pinned arrays: dispose it. A memory that is dropped is freed by the collector.</remarks>
public sealed class AgentMemory : IDisposable
{
    private readonly float[] continues, deter, stoch;

    internal AgentMemory(DreamAgent agent, int rows, INumberSource numbers)
    {
        (Agent, Rows, Numbers) = (agent, rows, numbers);
        Step = new BoundGraph(agent.ActGraph, rows);
        this.continues = Step.Floats("continues") ?? new float[rows];
        Action = Step.Floats("action") ?? new float[rows * agent.Info.ActionSize];
        Allowed = Step.Floats("mask") ?? new float[agent.Info.IsMasked ? rows * agent.Info.ActionSize : 0];
        (this.deter, this.stoch) = (Step.Floats("deter") ?? new float[0], Step.Floats("stoch") ?? new float[0]);
        if (agent.PlanGraph is { } plan)
            Planner = new Planner(plan, agent.PlannerSettings!, agent.Info.ActionSize, agent.Info.Groups);
        Restart();
    }

    /// <summary>Whose it is.</summary>
    public DreamAgent Agent { get; }

    /// <summary>Bodies that are played at once, N.</summary>
    public int Rows { get; }

    /// <summary>The action of the last decision, (N, A) row-major: in [−1, 1], or one-hot. It is written again at every
    /// decision.</summary>
    public float[] Action { get; }

    /// <summary>The deterministic part of the state, (N, D).</summary>
    public ReadOnlySpan<float> Deter => DeterArray;

    /// <summary>The stochastic part of the state, (N, S).</summary>
    public ReadOnlySpan<float> Stoch => StochArray;

    /// <summary>What the agent expects to gain from here on, (N); empty unless exported with <c>--values</c>, or where the
    /// algorithm has no such thing.</summary>
    public ReadOnlySpan<float> Value => Step.Floats("value");

    /// <summary>The reward that the model expects of the last row, (N); empty unless exported with <c>--values</c>.</summary>
    public ReadOnlySpan<float> Reward => Step.Floats("reward");

    internal INumberSource Numbers { get; }

    internal BoundGraph Step { get; }

    internal Planner? Planner { get; }

    internal BoundGraph? Dream { get; set; }

    internal bool HasActed { get; private set; }

    // What may be chosen, (N, A), 1 or 0; empty where the agent has no masks.
    internal float[] Allowed { get; }

    internal float[] DeterArray => deter;

    internal float[] StochArray => stoch;

    internal bool IsDisposed { get; private set; }

    /// <summary>Begins an episode anew, in all rows.</summary>
    public void Restart()
    {
        for (var row = 0; row < Rows; row++) Restart(row);
        HasActed = false;
    }

    /// <summary>Begins an episode anew in one row; the others go on.</summary>
    /// <param name="row">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void Restart(int row)
    {
        if (row < 0 || row >= Rows) throw new ArgumentOutOfRangeException(nameof(row), $"row {row} of {Rows}");
        continues[row] = 0;
        Clear(deter);
        Clear(stoch);
        Clear(Action);

        void Clear(float[] rows) => Array.Clear(rows, row * (rows.Length / Rows), rows.Length / Rows);
    }

    /// <summary>Says that something else was done than the agent chose, so that it knows what its next observation came of.
    /// </summary>
    /// <param name="action">(N, A), in [−1, 1] or one-hot.</param>
    /// <exception cref="ArgumentException">It has not that size, or is not all numbers.</exception>
    public void Did(ReadOnlySpan<float> action)
    {
        if (action.Length != Action.Length)
            throw new ArgumentException($"an action of {action.Length} numbers; the agent's have {Action.Length}", nameof(action));
        DreamAgent.DemandNumbers(action, nameof(action));
        action.CopyTo(Action);
    }

    /// <summary>Frees what is native.</summary>
    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Step.Dispose();
        Planner?.Dispose();
        Dream?.Dispose();
    }

    internal void Acted()
    {
        continues.AsSpan().Fill(1);
        HasActed = true;
    }
}
