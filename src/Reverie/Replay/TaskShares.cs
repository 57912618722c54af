namespace Reverie.Replay;

/// <summary>Which tasks the chunks of a batch are drawn from: each as often as the others, and where the batch cannot be
/// shared out evenly, those from a task on that the random source names.</summary>
internal sealed class TaskShares
{
    private readonly int[] taken;
    private readonly int first;

    /// <summary>Begins a batch. Of one task nothing is drawn.</summary>
    public TaskShares(int tasks, RandomSource random) => (taken, first) = (new int[tasks], tasks > 1 ? random.NextInt(tasks) : 0);

    /// <summary>A chunk is of this task.</summary>
    public void Take(int task) => taken[task]++;

    /// <summary>The task of the next chunk: the one that has fewest.</summary>
    public int Next()
    {
        var next = first;
        for (var i = 1; i < taken.Length; i++)
            if ((first + i) % taken.Length is var task && taken[task] < taken[next]) next = task;
        Take(next);
        return next;
    }
}
