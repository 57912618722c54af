using Reverie.Configuration;
using Reverie.Logging;
using Reverie.Runs;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>A folder with run directories as training leaves them, and a dashboard's requests to it.</summary>
internal sealed class RunsOnDisk : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("reverie-dashboard").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Makes a run whose evaluations have these returns, 1000 environment steps apart.</summary>
    public string Add(string name, int seed = 1, string presets = "planet,small", params double[] returns)
    {
        var path = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        var config = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack(presets),
            Overrides = [ConfigOverride.Parse($"seed={seed}"), ConfigOverride.Parse("training.env_steps=1000000")],
        });
        File.WriteAllText(Path.Combine(path, "config.yaml"), config.ToYaml());
        File.WriteAllText(Path.Combine(path, "run.json"),
            $$"""{"version":1,"task":"cartpole_swingup","agent":"planet","seed":{{seed}},"cores":2}""");
        Log(path, returns);
        return path;
    }

    /// <summary>Goes on with the log of a run.</summary>
    public static void Log(string run, params double[] returns)
    {
        using var log = RunLogger.Open(run, tensorBoard: false);
        var before = File.ReadLines(Path.Combine(run, "metrics.jsonl"))
            .Count(line => line.EndsWith('}') && line.StartsWith("{\"kind\"", StringComparison.Ordinal));
        for (var i = before + 1; i <= before + returns.Length; i++)
            log.Write(new MetricRecord
            {
                Kind = "evaluation",
                EnvSteps = 1000 * i,
                Updates = 100 * i,
                Episodes = i,
                Seconds = 10 * i,
                Values = new Dictionary<string, double> { ["return"] = returns[i - before - 1] },
            });
    }

    /// <summary>Says that a checkpoint was made at this length of the log, and more where given.</summary>
    public static void Checkpoint(string run, long logPosition, string more = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(run, "checkpoints", "000000100")).FullName;
        File.WriteAllText(Path.Combine(folder, "state.json"), $$"""{"log_position": {{logPosition}}{{more}}}""");
    }
}
