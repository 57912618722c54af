using System.Diagnostics;
using System.Text.Json;

namespace Reverie.Tests.Setup;

/// <summary>The two commands of the README, in their smallest size, as a stranger types them.</summary>
public sealed class EndToEndTests : IDisposable
{
    private const SearchOption AtAnyDepth = SearchOption.AllDirectories;

    private readonly string folder = Directory.CreateTempSubdirectory("reverie-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void TrainAndEval()
    {
        var run = Path.Combine(folder, "run");
        Reverie("train", "--task", "cartpole_swingup", "--preset", "planet,tiny,debug", "--run", run);
        Assert.True(File.Exists(Path.Combine(run, "config.yaml")));
        Assert.Equal(5, Directory.GetFiles(Path.Combine(run, "episodes"), "*.npz").Length);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(run, "checkpoints"), "model.safetensors", AtAnyDepth));
        Assert.Contains(File.ReadLines(Path.Combine(run, "metrics.jsonl")), line => line.Contains("\"loss_kl\""));

        using var result = JsonDocument.Parse(Reverie("eval", run, "--episodes", "2", "--json"));
        var figures = result.RootElement.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetDouble());
        Assert.Equal((800, 2), (figures["env_steps"], figures["episodes"]));
        Assert.InRange(figures["mean"], figures["min"], figures["max"]);
        Assert.InRange(figures["max"], 0, 160); // twenty decisions of eight rewards from 0 to 1
    }

    private string Reverie(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(SetupSandbox.Checkout, "reverie"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, string.Join(' ', arguments) + "\n" + errors.Result);
        return output;
    }
}
