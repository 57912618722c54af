using System.Runtime.ExceptionServices;
using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// Several environments of one task, or of several that one agent learns, that step together on a few threads. Each is made, reset, stepped and disposed by
/// one and the same thread; the first thread is the caller's own, so that one thread is no thread at all. What they do
/// does not depend on the number of threads.
/// </summary>
/// <remarks>
/// An exception in one environment does not disturb the others: it is kept in <see cref="Faults"/>, and that
/// environment stands still until <see cref="TryRestart"/> puts a new one in its place. To be made, used and disposed
/// by one thread.
/// </remarks>
public sealed class ParallelEnvironments : IDisposable
{
    private readonly Func<int, IEnvironment> make;
    private readonly ThreadTeam team;
    private readonly IEnvironment?[] environments;
    private readonly TimeStep[] rows;
    private readonly Exception?[] faults;
    private readonly int[] seeds;
    private readonly bool[] begins;
    private readonly Action<int> reset, step, goOn;    // delegates made once: a step allocates nothing but its rows
    private float[] actions = [];
    private int playing;
    private bool disposed;

    /// <summary>Makes the environments, each on its thread.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">As <c>environment.threads</c>: 0 is one per environment up to the processors, 1 is the
    /// caller's alone; never more than environments.</param>
    /// <param name="make">Makes environment n, called by its thread; again where it is restarted.</param>
    /// <exception cref="Exception">What making one threw; the others are disposed.</exception>
    public ParallelEnvironments(int count, int threads, Func<int, IEnvironment> make)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        this.make = make;
        (environments, rows, faults, seeds, begins) =
            (new IEnvironment?[count], new TimeStep[count], new Exception?[count], new int[count], new bool[count]);
        (reset, step, goOn) = (ResetOne, StepOne, GoOnOne);
        team = new ThreadTeam(Math.Min(count, threads > 0 ? threads : Environment.ProcessorCount), "environments");
        try
        {
            team.Run(count, n => environments[n] = make(n));
            (ObservationSpace, ActionSpace) = (environments[0]!.ObservationSpace, environments[0]!.ActionSpace);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Environments of a registered task with everything around them, as many as configured.</summary>
    /// <param name="task">A registered name, or several with commas between them: environment n plays number n mod their
    /// count.</param>
    /// <param name="config">Count (of each task), threads, and what <see cref="EnvironmentRegistry.Make"/> reads.</param>
    /// <param name="seed">Environment n is made from this plus n.</param>
    /// <param name="asked">What they are to show; null for all that the task is registered with.</param>
    /// <exception cref="ReverieException">The task is not known, or cannot be made here.</exception>
    public static ParallelEnvironments Make(
        string task, EnvironmentConfig config, int seed, ObservationKind? asked = null) =>
        Make(task, config, seed, asked, config.Count);

    /// <summary>The same of another count, and of one of several tasks alone.</summary>
    /// <exception cref="ConfigurationException"><paramref name="only"/> is none of them.</exception>
    internal static ParallelEnvironments Make(string task, EnvironmentConfig config, int seed, ObservationKind? asked,
        int count, string? only = null)
    {
        var names = TaskNames.Of(task);
        int[] played = [.. Enumerable.Range(0, names.Count).Where(i => only is null || names[i] == only)];
        if (played.Length == 0)
            throw new ConfigurationException($"{only} is not learned here{NearestName.Hint(only!, [.. names])}");
        return new(count * played.Length, config.Threads, n => EnvironmentRegistry.MakeOneOf(
            task, played[n % played.Length], config, seed + n, asked)) { Tasks = [.. played.Select(i => names[i])] };
    }

    /// <summary>As many others of the same tasks as asked for, made alike.</summary>
    internal ParallelEnvironments Alike(int count) => new(count, Threads, make) { Tasks = Tasks };

    /// <summary>The tasks that they play, environment n the one with the number n mod their count; one without a name where
    /// nobody says.</summary>
    public IReadOnlyList<string> Tasks { get; private init; } = [""];

    /// <summary>Environments, N.</summary>
    public int Count => environments.Length;

    /// <summary>Threads that step them, the caller's included.</summary>
    public int Threads => team.Size;

    /// <summary>That of each environment.</summary>
    public Space ObservationSpace { get; }

    /// <summary>That of each environment.</summary>
    public Space ActionSpace { get; }

    /// <summary>The latest row of each environment that takes part; of one with a fault, the row before it.</summary>
    public ReadOnlySpan<TimeStep> Rows => rows.AsSpan(0, playing);

    /// <summary>What each environment that takes part threw, null for those that are well.</summary>
    public ReadOnlySpan<Exception?> Faults => faults.AsSpan(0, playing);

    /// <summary>Begins an episode in every environment, or in the first few alone, which then take part until the next
    /// reset; one with a fault is made anew first.</summary>
    /// <param name="seeds">A seed for each that is to take part; 1 to N.</param>
    /// <exception cref="Exception">What an environment threw, the first of several.</exception>
    public void Reset(ReadOnlySpan<int> seeds)
    {
        if (!TryReset(seeds)) ThrowFirstFault();
    }

    /// <summary>Applies an action in every environment that is in an episode; one that had its last row waits.</summary>
    /// <param name="actions">A row for each that takes part; those of environments that wait are not read.</param>
    /// <exception cref="Exception">What an environment threw, the first of several.</exception>
    public void Step(ReadOnlySpan<float> actions)
    {
        if (!TryStep(actions)) ThrowFirstFault();
    }

    /// <summary>As <see cref="Reset"/>, but what environments throw is left in <see cref="Faults"/>.</summary>
    /// <returns>True where all are well.</returns>
    public bool TryReset(ReadOnlySpan<int> seeds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seeds.Length, nameof(seeds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seeds.Length, Count, nameof(seeds));
        ObjectDisposedException.ThrowIf(disposed, this);
        playing = seeds.Length;
        seeds.CopyTo(this.seeds);
        team.Run(playing, reset);
        return AllWell;
    }

    /// <summary>As <see cref="Step"/>, but what environments throw is left in <see cref="Faults"/>.</summary>
    /// <returns>True where all are well.</returns>
    public bool TryStep(ReadOnlySpan<float> actions)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (playing == 0) throw new InvalidOperationException("a step before a reset; reset the environments first");
        Take(actions);
        team.Run(playing, step);
        return AllWell;
    }

    /// <summary>A round in which all N take part, each on its own: one that is given a seed begins an episode, one with a fault
    /// being made anew first, and every other one steps, or waits where it had its last row or has a fault.</summary>
    /// <param name="begin">A seed for each that is to begin an episode, null for the others.</param>
    /// <param name="actions">A row for each; read for those that step.</param>
    /// <returns>True where all are well; <see cref="Faults"/> has what environments threw.</returns>
    internal bool TryGoOn(ReadOnlySpan<int?> begin, ReadOnlySpan<float> actions)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(begin.Length, Count, nameof(begin));
        playing = Count;
        for (var n = 0; n < Count; n++)
            if (begins[n] = begin[n] is not null) seeds[n] = begin[n]!.Value;
        Take(actions);
        team.Run(playing, goOn);
        return AllWell;
    }

    /// <summary>Ends the episode of one environment from outside: it waits for the next reset.</summary>
    internal void End(int number) => rows[number] = rows[number] with { IsLast = true };

    /// <summary>Puts a new environment in the place of one and begins an episode in it. What disposing of the old one
    /// throws is not told: it failed before.</summary>
    /// <param name="number">Which.</param>
    /// <param name="seed">Decides the episode.</param>
    /// <returns>False where that threw as well; <see cref="Faults"/> has it.</returns>
    public bool TryRestart(int number, int seed)
    {
        seeds[number] = seed;
        team.Run(Count, n =>
        {
            if (n == number) Begin(n, anew: true);
        });
        return faults[number] is null;
    }

    /// <summary>Disposes of every environment on its thread, and ends the threads.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        team.Run(Count, Discard);
        team.Dispose();
    }

    private bool AllWell
    {
        get
        {
            foreach (var fault in Faults)
                if (fault is not null) return false;
            return true;
        }
    }

    private void Take(ReadOnlySpan<float> given)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(given.Length % playing, 0, nameof(actions));
        if (actions.Length != given.Length) actions = new float[given.Length];
        given.CopyTo(actions);
    }

    private void ThrowFirstFault() =>
        ExceptionDispatchInfo.Throw(faults.Take(playing).First(fault => fault is not null)!);

    private void ResetOne(int n) => Begin(n, anew: faults[n] is not null);

    private void GoOnOne(int n)
    {
        if (begins[n]) ResetOne(n);
        else StepOne(n);
    }

    private void Begin(int n, bool anew)
    {
        try
        {
            if (anew)
            {
                Discard(n);
                environments[n] = make(n);
            }
            faults[n] = null;
            rows[n] = environments[n]!.Reset(seeds[n]);
        }
        catch (Exception fault)
        {
            faults[n] = fault;
        }
    }

    private void StepOne(int n)
    {
        if (faults[n] is not null || rows[n].IsLast) return;
        try
        {
            var size = actions.Length / playing;
            rows[n] = environments[n]!.Step(actions.AsSpan(n * size, size));
        }
        catch (Exception fault)
        {
            faults[n] = fault;
        }
    }

    // Whoever disposes has no use for another exception; EnvironmentChecker finds those that throw here.
    private void Discard(int n)
    {
        try
        {
            environments[n]?.Dispose();
        }
        catch (Exception)
        {
        }
        environments[n] = null;
    }
}
