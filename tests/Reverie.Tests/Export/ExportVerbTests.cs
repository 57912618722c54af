using Reverie.Agents;
using Reverie.Cli;
using Reverie.Policies;
using Reverie.Runs;
using Reverie.Runtime;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;

namespace Reverie.Tests.Export;

/// <summary>From a run to what is given away of it, by the command and by the library.</summary>
public sealed class ExportVerbTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public ExportVerbTests() => BarEnvironment.Register();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ARunIsExportedBothWaysAndMistakesAreOneLine()
    {
        var run = folder["run"];
        TinyRun.Complete(run);
        var file = folder["agent.onnx"];
        Assert.Equal(0, (await Export(run, "--out", file, "--with-dream", "--values")).Code);
        using (var player = DreamAgent.Load(file))
        using (var memory = player.Begin())
        {
            Assert.Equal((BarEnvironment.Task, "planet", true), (player.Info.Task, player.Info.Algorithm, player.Dreams));
            Assert.InRange(player.Act(memory, new byte[player.Info.PictureSize])[0], -1, 1);
            Assert.Equal(player.Info.PictureSize, player.Dream(memory).Picture.Length);
        }

        Assert.Equal($"reverie: {file} is there already; name another one, or have it replaced (--force)",
            await Refused(run, "--out", file));
        Assert.Equal(0, (await Export(run, "--out", file, "--force")).Code);
        Assert.Equal($"reverie: {folder["agent"]}: the name must end in .onnx", await Refused(run, "--out", folder["agent"]));
        Assert.StartsWith("reverie: there is no format onx", await Refused(run, "--out", file, "--format", "onx"));
        Assert.StartsWith("reverie: --format run takes no other option", await Refused(run, "--out", folder["a"], "--format", "run", "--noise"));
        Assert.StartsWith($"reverie: {folder["ran"]}: there is no such run", await Refused(folder["ran"], "--out", folder["b.onnx"]));
        Assert.StartsWith($"reverie: {folder.Path}: this is no run", await Refused(folder.Path, "--out", folder["b.onnx"]));

        var given = folder["given"];
        Assert.Equal(0, (await Export(run, "--out", given, "--format", "run")).Code);
        Assert.Equal($"reverie: {given} is there already; name a new folder", await Refused(run, "--out", given, "--format", "run"));
        Assert.False(Directory.Exists(Path.Combine(given, "episodes")));
        Assert.Empty(Directory.GetFiles(given, "optimizer.safetensors", SearchOption.AllDirectories));
        AssertAlike(run, given);

        var checkpoints = Path.Combine(given, RunDirectory.CheckpointFolder);
        foreach (var state in Directory.GetFiles(checkpoints, "state.json", SearchOption.AllDirectories))
            await File.WriteAllTextAsync(state, (await File.ReadAllTextAsync(state)).Replace("\"version\": 1", "\"version\": 9"));
        Assert.Contains("none of 1 checkpoint(s) can be read", await Refused(given, "--out", folder["c.onnx"]));
        Directory.Delete(checkpoints, recursive: true);
        Assert.Equal($"reverie: {given}: this run has no checkpoint yet; train it first, or let it train longer",
            await Refused(given, "--out", folder["c.onnx"]));
    }

    /// <summary>A program that only plays has registered no task: an exported folder says itself what its agent sees, a run's
    /// episodes do.</summary>
    [Fact]
    public void ARunOfATaskThatNobodyKnowsIsPlayedAllTheSame()
    {
        var run = folder["run"];
        TinyRun.Complete(run);
        using (var known = Policy.Load(run)) known.ExportRun(folder["given"]);
        foreach (var place in new[] { run, folder["given"] })
        {
            var config = Path.Combine(place, RunDirectory.ConfigFile);
            var text = File.ReadAllText(config).Replace($"task: {BarEnvironment.Task}", "task: nobody_knows_it");
            File.WriteAllLines(config, text.Split('\n').Where(line => !line.StartsWith("# crc32", StringComparison.Ordinal)));
        }
        AssertAlike(run, folder["given"]);
    }

    private static void AssertAlike(string run, string other)
    {
        using var one = Policy.Load(run);
        using var two = Policy.Load(other);
        Assert.Equal(one.Layout, two.Layout);
        Assert.Equal(one.Counters, two.Counters);
        using var first = one.Begin(seed: 4);
        using var second = two.Begin(seed: 4);
        var picture = new byte[one.Layout.ImageSize];
        for (var t = 0; t < 3; t++)
        {
            picture[t] = 200;
            Assert.Equal(one.Act(first, picture, mode: ActMode.Evaluate), two.Act(second, picture, mode: ActMode.Evaluate));
        }
    }

    private static async Task<string> Refused(params string[] words)
    {
        var (code, error) = await Export(words);
        Assert.Equal(1, code);
        return error.TrimEnd().Split('\n')[^1];
    }

    private static async Task<(int Code, string Error)> Export(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (await CommandLine.RunAsync(["export", .. words], output, error), error.ToString());
    }
}
