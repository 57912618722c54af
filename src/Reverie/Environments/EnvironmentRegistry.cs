using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>Tasks by name. Thread-safe.</summary>
public static class EnvironmentRegistry
{
    private static readonly SortedDictionary<string, Entry> Entries = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, Entry> Met = new(StringComparer.Ordinal);    // of families
    private static readonly Dictionary<string, Family> Families = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();

    /// <summary>Everything registered, by name.</summary>
    public static IReadOnlyList<TaskInfo> Tasks
    {
        get
        {
            lock (Gate)
                return [.. Entries.Values.Select(entry => entry.Info)];
        }
    }

    /// <summary>Makes a task known, in place of one with the same name.</summary>
    /// <param name="info">What it is.</param>
    /// <param name="factory">Makes the bare environment from the configuration and a seed; limits, repeats and pictures
    /// are put around it by <see cref="Make"/>.</param>
    public static void Register(TaskInfo info, Func<EnvironmentConfig, int, IEnvironment> factory)
    {
        lock (Gate)
            Entries[info.Task] = new Entry(info, factory);
    }

    /// <summary>Makes tasks known whose names begin alike and that nobody can list; each is looked up when it is first
    /// asked for, and again in another process.</summary>
    /// <param name="prefix">Such as <c>dream:</c>.</param>
    /// <param name="resolve">From the whole name to what <see cref="Register"/> takes; throws where there is
    /// none.</param>
    /// <param name="known">From the whole name to what is known of a task without looking at it; null for nothing.</param>
    public static void RegisterFamily(string prefix,
        Func<string, (TaskInfo Info, Func<EnvironmentConfig, int, IEnvironment> Factory)> resolve,
        Func<string, TaskInfo?>? known = null)
    {
        lock (Gate)
            Families[prefix] = new Family(task => task.StartsWith(prefix, StringComparison.Ordinal), resolve, known);
    }

    /// <summary>As the other one, for names that are alike in another way.</summary>
    /// <param name="name">Of the family, in place of one with the same name.</param>
    /// <param name="belongs">Whether a task's name is one of them.</param>
    /// <param name="resolve">From the whole name to what <see cref="Register"/> takes; throws where there is
    /// none.</param>
    public static void RegisterFamily(string name, Func<string, bool> belongs,
        Func<string, (TaskInfo Info, Func<EnvironmentConfig, int, IEnvironment> Factory)> resolve)
    {
        lock (Gate)
            Families[name] = new Family(belongs, resolve, null);
    }

    /// <summary>The task of that name; of several, with commas between their names, what is known of all of them.</summary>
    /// <exception cref="ReverieException">There is none; the line names the nearest one.</exception>
    public static TaskInfo Find(string task) => EntryOf(task).Info;

    /// <summary>What is known of a task where nothing is to be started for it: what its returns are measured by, and what
    /// others report. Spaces of a task that has not been looked at may be wider than they are. Null for one that nobody
    /// knows.</summary>
    public static TaskInfo? Known(string task)
    {
        lock (Gate)
            return Entries.GetValueOrDefault(task)?.Info ?? Met.GetValueOrDefault(task)?.Info
                ?? Families.Values.FirstOrDefault(one => one.Belongs(task))?.Known?.Invoke(task);
    }

    /// <summary>
    /// Makes an environment ready for an agent: time limit, action repeat, actions in [−1, 1] or discrete, the
    /// observations asked for, pictures of the size asked for, and a guard that turns its faults into one clear line.
    /// </summary>
    /// <param name="task">A registered name.</param>
    /// <param name="config">Repeat, limit and picture quality.</param>
    /// <param name="seed">Same seed, same episodes.</param>
    /// <param name="asked">What it is to show; null for all that the task is registered with.</param>
    /// <exception cref="ReverieException">There is no such task, or it does not show what is asked for.</exception>
    public static IEnvironment Make(string task, EnvironmentConfig config, int seed, ObservationKind? asked = null) =>
        new CheckedEnvironment(
            CheckedEnvironment.Guard(task, "making it", () => Compose(task, config, seed, asked)), task);

    /// <summary>As <see cref="Make"/>, of one of the tasks that a setting
    /// names, as an agent meets it that learns all of them.</summary>
    internal static IEnvironment MakeOneOf(
        string task, int number, EnvironmentConfig config, int seed, ObservationKind? asked = null) =>
        TaskNames.Of(task) is { Count: > 1 } names
            ? JointTask.Padded(Make(names[number], config, seed, asked), ObservationSpaceOf(task, config, asked),
                ActionSpaceOf(task, config))
            : Make(task, config, seed, asked);

    /// <summary>What an agent chooses from in environments that <see cref="Make"/>
    /// makes; of several tasks, with commas between their names, what it chooses from in all of them.</summary>
    /// <exception cref="ReverieException">There is no task of that name, or its actions are none that can be drawn, or
    /// cannot be made discrete, or several cannot be joined.</exception>
    public static Space ActionSpaceOf(string task, EnvironmentConfig config)
    {
        if (TaskNames.Of(task) is { Count: > 1 } names)
            return JointTask.Actions(names, [.. names.Select(one => ActionSpaceOf(one, config))]);
        var bare = Find(task).ActionSpace;
        SpaceRule.Demand(task, SpaceRule.FaultsOfAction(bare));
        return config.Discretize > 0 ? DiscretizeActions.Outer(NormalizeActions.Outer(bare), config.Discretize)
            : NormalizeActions.Outer(bare);
    }

    /// <summary>What the entries of an agent's actions do, in a word each; empty where nobody says, or where they are not those
    /// of the task, or there is no such task.</summary>
    internal static IReadOnlyList<string> ActionNamesOf(Config config)
    {
        try
        {
            var info = Find(config.Task);
            var taken = ActionGroups.Of(ActionSpaceOf(config.Task, config.Environment));
            return taken.Equals(ActionGroups.Of(info.ActionSpace)) && info.ActionNames.Count == taken.Size ? info.ActionNames : [];
        }
        catch (ReverieException)
        {
            return [];      // whoever makes the environment tells of this
        }
    }

    /// <summary>What an agent sees in environments that <see cref="Make"/>
    /// makes, as far as that is known before.</summary>
    /// <param name="task">A registered name, or several with commas between them.</param>
    /// <param name="config">Size and colours of pictures.</param>
    /// <param name="asked">What they are to show; null for all that the task is registered with.</param>
    /// <exception cref="ReverieException">There is no task of that name, or what it shows cannot be held, or cannot be made
    /// so, or it does not show what is asked for, or several cannot be joined.</exception>
    public static Space ObservationSpaceOf(string task, EnvironmentConfig config, ObservationKind? asked = null)
    {
        if (TaskNames.Of(task) is { Count: > 1 } names)
            return JointTask.Observations(names, [.. names.Select(one => ObservationSpaceOf(one, config, asked))]);
        var info = Find(task);
        SpaceRule.Demand(task, SpaceRule.FaultsOf(info.ObservationSpace, info.ActionSpace));
        var own = info.KeepsPictures ? info.ObservationSpace : PictureChoice.Joined(info.ObservationSpace, config);
        var shown = ObservationChoice.Of(task, own, asked ?? info.Observation);
        return info.KeepsPictures ? shown : PictureChoice.Of(shown, config);
    }

    /// <summary>Refuses a configuration whose agent could not learn in its task, as far as that is known before an
    /// environment is made.</summary>
    /// <exception cref="ReverieException">There is no task of that name, its actions or its pictures are none that can be
    /// learned with, or it does not show what <c>model.encoder</c> asks for.</exception>
    public static void DemandLearnable(Config config)
    {
        _ = ActionSpaceOf(config.Task, config.Environment);
        SpaceRule.DemandLearnable(config.Task, ObservationSpaceOf(config.Task, config.Environment, config.Model.Sees()));
    }

    /// <summary>As <see cref="Make"/> without the guard.</summary>
    internal static IEnvironment Compose(string task, EnvironmentConfig config, int seed, ObservationKind? asked = null)
    {
        var (info, factory) = EntryOf(task);
        var bare = factory(config, seed);
        try
        {
            SpaceRule.Demand(info, bare);
            return Wrapped(info, config, bare, asked ?? info.Observation);
        }
        catch
        {
            bare.Dispose();
            throw;
        }
    }

    private static IEnvironment Wrapped(TaskInfo info, EnvironmentConfig config, IEnvironment bare, ObservationKind asked)
    {
        var environment = info.KeepsPictures ? bare : PictureChoice.Join(bare, config);
        if (info.EpisodeSteps > 0)
            environment = new TimeLimit(environment, info.EpisodeSteps);
        var repeat = config.ActionRepeat > 0 ? config.ActionRepeat : info.ActionRepeat;
        if (repeat > 1)
            environment = new ActionRepeat(environment, repeat);
        if (config.TimeLimit > 0)
            environment = new TimeLimit(environment, config.TimeLimit);
        environment = NormalizeActions.Wrap(environment, config.ActionReach);
        if (config.Discretize > 0)
            environment = new DiscretizeActions(environment, config.Discretize);
        environment = ObservationChoice.Wrap(info.Task, environment, bare, asked);
        return info.KeepsPictures ? environment : PictureChoice.Wrap(environment, config);
    }

    private static Entry EntryOf(string task)
    {
        if (TaskNames.Of(task) is { Count: > 1 } names)
            return new Entry(JointTask.Info(task, [.. names.Select(Find)]), (_, _) => throw new ConfigurationException(
                $"{task}: these are {names.Count} tasks, and an environment is of one; name one of them"));
        Family family;
        lock (Gate)
        {
            if (Entries.TryGetValue(task, out var entry) || Met.TryGetValue(task, out entry)) return entry;
            family = Families.Values.FirstOrDefault(one => one.Belongs(task))
                ?? throw Unknown(task, [.. Entries.Keys]);
        }
        var (info, factory) = family.Resolve(task);        // not under the lock: it asks for other tasks
        lock (Gate)
            return Met[task] = new Entry(info, factory);
    }

    private static ConfigurationException Unknown(string task, IReadOnlyList<string> names) => new(names.Count == 0
        ? $"there is no task '{task}': none is registered"
        : $"there is no task '{task}'{NearestName.Hint(task, names)} (reverie tasks lists all)");

    private sealed record Entry(TaskInfo Info, Func<EnvironmentConfig, int, IEnvironment> Factory);

    private sealed record Family(Func<string, bool> Belongs,
        Func<string, (TaskInfo Info, Func<EnvironmentConfig, int, IEnvironment> Factory)> Resolve,
        Func<string, TaskInfo?>? Known);
}
