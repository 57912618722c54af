using System.Text;
using Reverie.Agents;
using Reverie.Policies;
using Reverie.Runs;
using Reverie.Runtime;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using Reverie.Torch.IO;
using static Reverie.Tests.Cli.Typed;

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
        File.Move(file, folder["elsewhere.onnx"]);
        Assert.Equal($"reverie: {folder["agent.dream.onnx"]} is there already; name another one, or have it replaced (--force)",
            await Refused(run, "--out", file));
        Assert.Equal(0, (await Export(run, "--out", file, "--force")).Code);
        using (var player = DreamAgent.Load(file)) Assert.False(player.Dreams);     // nothing is left of the earlier one
        Assert.Equal($"reverie: {folder["agent"]}: the name must end in .onnx", await Refused(run, "--out", folder["agent"]));
        Assert.StartsWith("reverie: there is no format onx", await Refused(run, "--out", file, "--format", "onx"));
        Assert.StartsWith("reverie: --format run takes no other option", await Refused(run, "--out", folder["a"], "--format", "run", "--noise"));
        Assert.StartsWith($"reverie: {folder["ran"]}: there is no such run", await Refused(folder["ran"], "--out", folder["b.onnx"]));
        Assert.StartsWith($"reverie: {folder.Path}: this is no run", await Refused(folder.Path, "--out", folder["b.onnx"]));

        var given = folder["given"];
        Directory.CreateDirectory(folder["given.old"]);
        Assert.Equal(0, (await Export(run, "--out", given, "--format", "run")).Code);
        Assert.Equal($"reverie: {given} is there already; name a new folder", await Refused(run, "--out", given, "--format", "run"));
        Assert.False(Directory.Exists(Path.Combine(given, "episodes")));
        Assert.Empty(Directory.GetFiles(given, "optimizer.safetensors", SearchOption.AllDirectories));
        AssertAlike(run, given);
        Assert.True(Directory.Exists(folder["given.old"]));
        var policy = Path.Combine(given, "policy.json");
        var sound = await File.ReadAllBytesAsync(policy);
        await File.WriteAllBytesAsync(policy, Seal.Json(Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(Seal.OpenJson(sound).Text).Replace("\"vector_size\": 0", "\"vector_size\": -5"))));
        Assert.Equal($"reverie: {policy}: cannot be read (vector_size is -5); export the run again",
            await Refused(given, "--out", folder["c.onnx"]));
        await File.WriteAllBytesAsync(policy, sound);

        var checkpoints = Path.Combine(given, RunDirectory.CheckpointFolder);
        foreach (var state in Directory.GetFiles(checkpoints, "state.json", SearchOption.AllDirectories))
        {
            var text = Encoding.UTF8.GetString(Seal.OpenJson(await File.ReadAllBytesAsync(state)).Text);
            await File.WriteAllBytesAsync(state, Seal.Json(Encoding.UTF8.GetBytes(text.Replace("\"version\": 1", "\"version\": 9"))));
        }
        Assert.EndsWith("version 9 of the format, this program has 1", await Refused(given, "--out", folder["c.onnx"]));
        Directory.Delete(checkpoints, recursive: true);
        Assert.Equal($"reverie: {given}: this run has no checkpoint yet; train it first, or let it train longer",
            await Refused(given, "--out", folder["c.onnx"]));
    }

    /// <summary>What looks at a run looks at what was given away of it, too; nothing goes on learning from it.</summary>
    [Fact]
    public async Task AFolderOfWhatActingNeedsIsPlayedAndDreamtButNotTrained()
    {
        var (run, given) = (folder["run"], folder["given"]);
        TinyRun.Complete(run);
        using (var policy = Policy.Load(run)) policy.ExportRun(given);
        var scores = new List<string>();
        foreach (var place in new[] { run, given })
        {
            var (code, output, error) = await Run("eval", place, "--episodes", "2", "--json");
            Assert.Equal((0, ""), (code, error));
            scores.Add(output);
        }
        Assert.Equal(scores[0], scores[1]);
        Assert.Equal(0, (await Run("dream", given, "--length", "8", "--context", "2", "--out", folder["dream.gif"])).Code);
        Assert.True(File.Exists(folder["dream.gif"]));
        var recorded = await Run("dream", given, "--episode", "0");
        Assert.Equal((1, $"reverie: --episode 0: {given} has no episodes; leave it out, and the agent plays a new one"),
            (recorded.Code, recorded.Error.TrimEnd().Split('\n')[^1]));
        var trained = await Run("train", "--run", given);
        Assert.Equal(1, trained.Code);
        Assert.Contains("holds what acting needs and no more, as `reverie export --format run` writes it",
            trained.Error.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public void WhatCannotBeWrittenWholeIsNotThere()
    {
        TinyRun.Complete(folder["run"]);
        using var policy = Policy.Load(folder["run"]);
        using (new FileStream(Path.Combine(folder["run"], RunDirectory.FactsFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.ThrowsAny<ReverieException>(() => policy.ExportRun(folder["deep/given"]));
        Assert.Empty(Directory.GetFileSystemEntries(folder["deep"]));
        policy.ExportRun(folder["deep/given"]);
    }

    [Fact]
    public void WhatIsNullIsRefusedByItsName()
    {
        using var exported = new ExportedAgent("d4pg", "vector", choices: false);
        var policy = Policy.Of(exported.Agent, exported.Config, exported.Layout);       // whose agent is disposed above
        Assert.Equal("memory", Assert.Throws<ArgumentNullException>(() => policy.Act(null!)).ParamName);
        Assert.Equal("path", Assert.Throws<ArgumentNullException>(() => policy.Export(null!)).ParamName);
        Assert.Equal("folder", Assert.Throws<ArgumentNullException>(() => policy.ExportRun(null!)).ParamName);
        Assert.Equal("folder", Assert.Throws<ArgumentException>(() => policy.ExportRun("")).ParamName);
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
        var (code, _, error) = await Run(["export", .. words]);
        return (code, error);
    }
}
