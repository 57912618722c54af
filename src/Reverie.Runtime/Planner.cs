namespace Reverie.Runtime;

/// <summary>
/// PlaNet's planner (Hafner et al. 2019, algorithm 2), as Reverie has it: a belief over sequences of actions is refitted to
/// the best of its own samples, whose worth the graph <c>plan</c> tells; the first action of the last belief is taken.
/// Numbers have a normal belief each, choices a probability each, the first action's of nothing but what is allowed.
/// </summary>
internal sealed class Planner : IDisposable
{
    private const float VarianceFloor = 1e-6f;

    private readonly PlannerSettings settings;
    private readonly BoundGraph graph;
    private readonly float[] actions, returns, mean, deviation, losses;
    private readonly AgentActionGroup[] groups;
    private readonly float[][] draws;
    private readonly float[]? deter, stoch;
    private readonly int[] order;
    private readonly int size, horizon, candidates;

    public Planner(Graph graph, PlannerSettings settings, int actionSize, IReadOnlyList<AgentActionGroup> groups)
    {
        (this.settings, size, this.groups) = (settings, actionSize, groups.ToArray());
        (horizon, candidates) = (settings.Horizon, settings.Candidates);
        this.graph = new BoundGraph(graph, candidates);
        (actions, returns) = (this.graph.Floats("actions")!, this.graph.Floats("returns")!);
        (deter, stoch) = (this.graph.Floats("previous_deter"), this.graph.Floats("previous_stoch"));
        (mean, deviation) = (new float[horizon * size], new float[horizon * size]);
        (losses, order) = (new float[candidates], new int[candidates]);
        draws = Array.ConvertAll(this.groups, group => new float[horizon * candidates * (group.IsChoice ? 1 : group.Size)]);
    }

    /// <summary>The action to take in a state, of what the mask allows, 1 or 0 each; of everything where it is empty.</summary>
    public void Plan(ReadOnlySpan<float> deter, ReadOnlySpan<float> stoch, ReadOnlySpan<float> mask, INumberSource numbers,
        Span<float> action)
    {
        Repeat(deter, this.deter);
        Repeat(stoch, this.stoch);
        foreach (var group in groups)
            for (var h = 0; h < horizon; h++)
                mean.AsSpan(h * size + group.Start, group.Size).Fill(group.IsChoice ? 1f / group.Size : 0);
        foreach (var group in groups)
            if (group.IsChoice && mask.Length > 0) Share(mask.Slice(group.Start, group.Size), mean.AsSpan(group.Start, group.Size));
        deviation.AsSpan().Fill(1);
        for (var i = 0; i < settings.Iterations; i++)
        {
            for (var g = 0; g < groups.Length; g++)
                if (groups[g].IsChoice) DrawChoices(groups[g], draws[g], numbers);
                else DrawNumbers(groups[g], draws[g], numbers);
            graph.Run(numbers);
            Rank();
            Refit();
        }
        foreach (var group in groups)
        {
            var first = mean.AsSpan(group.Start, group.Size);
            var chosen = action.Slice(group.Start, group.Size);
            if (group.IsChoice) Largest(first, chosen);
            else first.CopyTo(chosen);
        }
    }

    public void Dispose() => graph.Dispose();

    private void Repeat(ReadOnlySpan<float> row, float[]? rows)
    {
        if (rows is null) return;
        for (var j = 0; j < candidates; j++) row.CopyTo(rows.AsSpan(j * row.Length));
    }

    private static void Share(ReadOnlySpan<float> allowed, Span<float> belief)
    {
        var sum = 0f;
        foreach (var one in allowed) sum += one;
        for (var a = 0; a < belief.Length; a++) belief[a] = allowed[a] / sum;
    }

    private static void Largest(ReadOnlySpan<float> of, Span<float> choice)
    {
        var best = 0;
        for (var a = 1; a < of.Length; a++)
            if (of[a] > of[best]) best = a;
        choice.Clear();
        choice[best] = 1;
    }

    // Candidates (H, J, A); draws of a group lie one after the other in the same order.
    private void DrawNumbers(AgentActionGroup group, float[] drawn, INumberSource numbers)
    {
        numbers.Normal(drawn);
        for (var (h, at) = (0, 0); h < horizon; h++)
            for (var j = 0; j < candidates; j++)
                for (var a = group.Start; a < group.Start + group.Size; a++)
                    actions[(h * candidates + j) * size + a] =
                        Math.Max(-1, Math.Min(1, mean[h * size + a] + deviation[h * size + a] * drawn[at++]));
    }

    private void DrawChoices(AgentActionGroup group, float[] drawn, INumberSource numbers)
    {
        numbers.Uniform(drawn);
        for (var (h, at) = (0, 0); h < horizon; h++)
            for (var j = 0; j < candidates; j++, at++)
            {
                var belief = mean.AsSpan(h * size + group.Start, group.Size);
                var (choice, sum) = (0, belief[0]);
                while (choice < group.Size - 1 && sum <= drawn[at]) sum += belief[++choice];
                while (belief[choice] == 0) choice--;       // sums are rounded; what has no part is never drawn
                var action = actions.AsSpan((h * candidates + j) * size + group.Start, group.Size);
                action.Clear();
                action[choice] = 1;
            }
    }

    // The best first.
    private void Rank()
    {
        for (var j = 0; j < candidates; j++) (losses[j], order[j]) = (-returns[j], j);
        Array.Sort(losses, order);
    }

    private void Refit()
    {
        for (var h = 0; h < horizon; h++)
            for (var a = 0; a < size; a++)
            {
                double sum = 0, squares = 0;
                for (var k = 0; k < settings.Elites; k++) sum += Elite(k, h, a);
                var mean = sum / settings.Elites;
                for (var k = 0; k < settings.Elites; k++) squares += (Elite(k, h, a) - mean) * (Elite(k, h, a) - mean);
                this.mean[h * size + a] = (float)mean;
                deviation[h * size + a] = (float)Math.Sqrt(squares / settings.Elites + VarianceFloor);
            }
    }

    private float Elite(int k, int h, int a) => actions[(h * candidates + order[k]) * size + a];
}
