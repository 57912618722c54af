using System.Reflection;
using System.Runtime.InteropServices;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;

namespace Reverie.Runs;

/// <summary>What is written down of a run's beginning: program, machine, command.</summary>
internal static class RunFacts
{
    /// <summary>The facts, by the names that they have in the file.</summary>
    /// <param name="config">The run's settings.</param>
    /// <param name="task">What is known of its task; null where it cannot be asked.</param>
    /// <param name="transfer">What it begins with that another run had learned; null for nothing.</param>
    public static object Of(ResolvedConfig config, TaskInfo? task, Transfer? transfer) =>
        Of(config, task, transfer, RunSpaces.Of(config.Config));

    private static object Of(ResolvedConfig config, TaskInfo? task, Transfer? transfer, RunSpaces? spaces) => new
    {
        version = RunDirectory.Version,
        task = config.Config.Task,
        title = task?.Title,
        agent = config.Config.Agent,
        seed = config.Config.Seed,
        presets = PresetsOf(config),
        command = Command(),
        host = Environment.MachineName, action_names = EnvironmentRegistry.ActionNamesOf(config.Config),
        reverie = typeof(RunDirectory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        dotnet = RuntimeInformation.FrameworkDescription,
        libtorch = Torch.Torch.Version,
        system = RuntimeInformation.OSDescription,
        processor = ProcessorName(),
        isa = Processor.NameOf(Processor.InForce),
        cores = Environment.ProcessorCount,
        gl = Graphics(config.Config),
        rows = spaces?.Rows, vector = spaces?.Vector, environment = task?.Origin, libraries = PartNames.OriginsOf(config.Config),
        transfer = transfer is null ? null : new
        {
            from = transfer.From, updates = transfer.Updates, kept = transfer.Kept, @new = transfer.New, frozen = transfer.Frozen,
        },
        started = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
    };

    // The program and its arguments, as the run was begun; a library's user has a program of their own.
    private static string[] Command() =>
        Environment.GetCommandLineArgs() is [var program, .. var arguments]
            ? [System.IO.Path.GetFileNameWithoutExtension(program), .. arguments]
            : [];

    // Those that a value is from; a name with a dot belongs to the two presets that it is made of.
    private static string[] PresetsOf(ResolvedConfig config)
    {
        const string Mark = "preset ";
        var named = config.Origins.Values.Where(origin => origin.StartsWith(Mark, StringComparison.Ordinal))
            .SelectMany(origin => origin[Mark.Length..].Split(':')[0].Split('.')).Distinct();
        return [.. Presets.InOrder(named, config.Config.Agent)];
    }

    // A run may need no pictures, so an OpenGL that is missing is no fault here, and one that is not needed is not loaded.
    private static object? Graphics(Config config)
    {
        if (config.Model.Sees() == ObservationKind.Vector)
            return null;
        try
        {
            return EnvironmentRegistry.Find(config.Task).Graphics?.Invoke(config.Environment) is not { } drawn
                ? null
                : new { library = drawn.Library, vendor = drawn.Vendor, renderer = drawn.Renderer, version = drawn.Version };
        }
        catch (ReverieException)
        {
            return null;
        }
    }

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo", Key = "model name";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
