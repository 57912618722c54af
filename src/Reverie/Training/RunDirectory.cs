using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Torch;
using Reverie.Torch.IO;

namespace Reverie.Training;

/// <summary>
/// The directory that holds everything of a run, locked for one process. A new one is begun with the resolved
/// configuration and what is known of the machine; one that exists must have been begun with the same configuration.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    /// <summary>Layout of run directories and checkpoints; one of another version is refused.</summary>
    public const int Version = 1;

    /// <summary>Name of the resolved configuration in it.</summary>
    public const string ConfigFile = "config.yaml";

    /// <summary>Name of the folder of its checkpoints.</summary>
    public const string CheckpointFolder = "checkpoints";

    private const string LockFile = "run.lock", FactsFile = "run.json";
    private readonly FileStream _lock;

    private RunDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The directory itself.</summary>
    public string Path { get; }

    public string Episodes => System.IO.Path.Combine(Path, "episodes");
    public string Checkpoints => System.IO.Path.Combine(Path, CheckpointFolder);
    public string Videos => System.IO.Path.Combine(Path, "videos");

    /// <summary>What evaluations leave to be looked at; see <see cref="EvaluationRecord"/>.</summary>
    public string Evaluations => System.IO.Path.Combine(Path, EvaluationRecord.Folder);

    /// <summary>Opens or begins the run.</summary>
    /// <exception cref="ReverieException">Another process works on it, it belongs to another configuration or version,
    /// or it cannot be written.</exception>
    public static RunDirectory Open(string path, ResolvedConfig config)
    {
        try
        {
            Directory.CreateDirectory(path);
            var run = new RunDirectory(path, Lock(path));
            try
            {
                run.Begin(config);
                return run;
            }
            catch
            {
                run.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"{path}: the run directory cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Says, in a line, that the code behind the task is another one than when the run began; null where it is
    /// the same, or part of this program.</summary>
    /// <param name="path">The run's directory.</param>
    /// <param name="task">Its task.</param>
    public static string? ChangedEnvironment(string path, string task)
    {
        if (OriginOf(task) is not { } now || Remembered(path) is not { } before || before == now) return null;
        return $"the environment has changed since this run began: it was {before}, and is {now}; episodes before and "
            + "after may differ";
    }

    /// <summary>Lets other processes work on the run.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(System.IO.Path.Combine(path, LockFile)))
        {
            throw new ReverieException($"{path}: another process works on this run; wait for it, or choose another --run", error);
        }
    }

    private void Begin(ResolvedConfig config)
    {
        var (configPath, factsPath) = (System.IO.Path.Combine(Path, ConfigFile), System.IO.Path.Combine(Path, FactsFile));
        if (File.Exists(configPath))
        {
            DemandVersion(factsPath);
            ConfigDifference.DemandResumable(Path, ConfigReader.ReadResolved(configPath), config.Config);
        }
        else
        {
            if (Directory.Exists(Checkpoints) || Directory.Exists(Episodes))
                throw new ReverieException($"{Path}: holds episodes or checkpoints but no {ConfigFile}; choose another --run");
            AtomicFile.Write(factsPath, stream => JsonSerializer.Serialize(stream, Facts(config), Indented));
        }
        AtomicFile.Write(configPath, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(config.ToYaml())));
    }

    private void DemandVersion(string factsPath)
    {
        var version = -1;
        try
        {
            using var facts = JsonDocument.Parse(File.ReadAllBytes(factsPath));
            version = facts.RootElement.GetProperty("version").GetInt32();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FileNotFoundException
            or InvalidOperationException or FormatException)
        {
            throw new ReverieException($"{factsPath}: cannot be read ({error.Message}); choose another --run", error);
        }
        if (version != Version)
            throw new ReverieException($"{Path}: this run has version {version} of the format, this program {Version}; choose another --run");
    }

    private static object Facts(ResolvedConfig config) => new
    {
        version = Version,
        task = config.Config.Task,
        agent = config.Config.Agent,
        seed = config.Config.Seed,
        presets = PresetsOf(config),
        command = Command(),
        host = Environment.MachineName,
        reverie = typeof(RunDirectory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        dotnet = RuntimeInformation.FrameworkDescription,
        libtorch = Torch.Torch.Version,
        system = RuntimeInformation.OSDescription,
        processor = ProcessorName(),
        isa = Processor.NameOf(Processor.InForce),
        cores = Environment.ProcessorCount,
        gl = Graphics(config.Config),
        environment = OriginOf(config.Config.Task),
        started = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string? Remembered(string path)
    {
        var file = System.IO.Path.Combine(path, FactsFile);
        if (!File.Exists(file)) return null;
        try
        {
            using var facts = JsonDocument.Parse(File.ReadAllBytes(file));
            return facts.RootElement.TryGetProperty("environment", out var kept) ? kept.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;    // opening the run to train in it tells of this
        }
    }

    private static string? OriginOf(string task)
    {
        try
        {
            return EnvironmentRegistry.Find(task).Origin;
        }
        catch (ReverieException)
        {
            return null;    // whoever makes the environment tells of this
        }
    }

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
        if (config.Model.Sees == ObservationKind.Vector)
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

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
