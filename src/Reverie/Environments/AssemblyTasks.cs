using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// The tasks <c>PATH.dll:TYPE</c>: an <see cref="IEnvironment"/> in somebody's class library.
/// </summary>
/// <remarks>
/// The file is looked for as it is written, and if it is gone, under its name in the folders of
/// <see cref="FoldersVariable"/>. What is known of the task beforehand is what the type says in a static property of
/// type <see cref="TaskInfo"/>; where it has none, an environment is made and asked for its spaces.
/// </remarks>
public static class AssemblyTasks
{
    /// <summary>Variable with folders, divided by colons, in which assemblies are looked for that have moved.</summary>
    public const string FoldersVariable = "REVERIE_ENVIRONMENTS";

    private const string Telling = "telling its TaskInfo";

    /// <summary>Makes them known to the <see cref="EnvironmentRegistry"/>, and to whoever reads a configuration the settings
    /// that their assemblies declare and the agents, dynamics, representations and planners in them.</summary>
    public static void Register()
    {
        EnvironmentRegistry.RegisterFamily("assemblies", IsOne, Of);
        Settings.Introduce = Introduce;
        PartNames.Libraries = AssemblyParts.Find;
    }

    /// <summary>Whether a task's name is of this kind.</summary>
    public static bool IsOne(string task) => LibraryMember.IsOne(task);

    /// <summary>The name under which another command finds the task from any folder: with the file's whole path and the
    /// type's whole name. Names of other kinds stay as they are.</summary>
    /// <exception cref="EnvironmentException">There is no such file or no such type.</exception>
    public static string Settled(string task)
    {
        if (TaskNames.Of(task) is { Count: > 1 } names) return string.Join(',', names.Select(Settled));
        if (!IsOne(task)) return task;
        var path = LibraryMember.Of(task).Locate($"task {task}");
        return $"{path}:{EnvironmentAssembly.Of(path).Find(LibraryMember.Of(task).Name).FullName}";
    }

    /// <summary>A short name for files and folders: the type's.</summary>
    public static string ShortName(string task) => TaskNames.Of(task) is { Count: > 1 } names
        ? string.Join(',', names.Select(ShortName))
        : IsOne(task) && LibraryMember.Of(task).Name is { } type
        ? type[(type.LastIndexOf('.') + 1)..]
        : task;

    // A file that is gone or cannot be used is told of when its task is made.
    private static void Introduce(string task)
    {
        if (!IsOne(task)) return;
        EnvironmentAssembly assembly;
        try
        {
            assembly = EnvironmentAssembly.Of(LibraryMember.Of(task).Locate($"task {task}"));
        }
        catch (ReverieException)
        {
            return;
        }
        assembly.DeclareSettings();
    }

    private static (TaskInfo, Func<EnvironmentConfig, int, IEnvironment>) Of(string task)
    {
        var assembly = EnvironmentAssembly.Of(LibraryMember.Of(task).Locate($"task {task}"));
        var type = assembly.Find(LibraryMember.Of(task).Name);
        var constructor = EnvironmentConstructor.Of(type);
        IEnvironment Make(EnvironmentConfig config, int seed) =>
            TimedEnvironment.Make(task, config, () => constructor(config, seed));
        var info = CheckedEnvironment.Guard(task, Telling, () => TimedEnvironment.Ask(
                task, Telling, () => EnvironmentAssembly.InfoOf(type)))
            ?? Ask(task, CheckedEnvironment.Guard(task, "making it", () => Make(new EnvironmentConfig(), 0)));
        var title = info.Task == task ? ShortName(task) : info.Title;
        return (info with { Title = title, Task = task, Origin = assembly.Origin }, Make);
    }

    private static TaskInfo Ask(string task, IEnvironment made)
    {
        try
        {
            return CheckedEnvironment.Guard(task, "telling its spaces", () => new TaskInfo
            {
                Task = task,
                Domain = "own",
                ObservationSpace = made is IPictureSource source && made.ObservationSpace is BoxSpace vector
                    ? new MixedSpace(source.Picture, vector)
                    : made.ObservationSpace,
                ActionSpace = made.ActionSpace,
            });
        }
        finally
        {
            Discard(made);
        }
    }

    // What it throws as it goes keeps nobody from playing another; `env check` tells of it.
    private static void Discard(IEnvironment made)
    {
        try
        {
            made.Dispose();
        }
        catch (Exception)
        {
        }
    }
}
