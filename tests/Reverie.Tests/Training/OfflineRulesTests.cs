using Reverie.Tests.Fakes;
using Reverie.Torch.IO;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Training;

/// <summary>What <c>data check</c> passes, <c>train --offline</c> learns from; what it refuses, that refuses.</summary>
public sealed class OfflineRulesTests : IDisposable
{
    private const int Rows = 10;

    private static readonly string[] Settings = ["--preset", "planet,tiny,debug"];

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    private static NpyArray Pictures<T>(int rows, T value, params int[] shape) where T : struct =>
        new(Enumerable.Repeat(value, rows * shape.Aggregate(1, (a, b) => a * b)).ToArray(), [rows, .. shape]);

    private static Dictionary<string, NpyArray> Plain(int rows) => new()
    {
        ["image"] = Pictures(rows, (byte)7, 64, 64, 3),
        ["action"] = new(Enumerable.Range(0, 2 * rows).Select(i => i < 2 ? 0f : 0.5f).ToArray(), rows, 2),
        ["reward"] = new(Enumerable.Range(0, rows).Select(t => (float)t).ToArray(), rows),
        ["discount"] = new(Enumerable.Repeat(1f, rows).ToArray(), rows),
    };

    private static NpyArray Reward(double last) =>
        new(Enumerable.Range(0, Rows).Select(t => t == Rows - 1 ? last : 0).ToArray(), Rows);

    public static TheoryData<string, bool, string> Folders => new()
    {
        { "plain", true, "2 files, 2 episodes, 18 decisions" },
        { "half", true, "" },
        { "whole pictures", true, "" },
        { "choices", true, "one of 2" },
        { "strange key", true, "strange" },
        { "one short", true, "" },
        { "all short", false, "no episode has the 8 rows of replay.chunk_length; the longest has 5, so "
            + "--set replay.chunk_length=5" },
        { "large pictures", true, "" },
        { "small pictures", false, "8 by 8 with 3 channels" },
        { "channels first", false, "3 by 64 with 64 channels" },
        { "grey", true, "" },
        { "no pictures", false, "there are no pictures; --set model.encoder=vector" },
        { "reward 1e30", false, "lies beyond" },
        { "reward NaN", false, "NaN is no number" },
        { "two kinds", false, "keep one kind in a folder" },
        { "some actions first", false, "--pairing" },
        { "cut", false, "cannot be read" },
    };

    private void Write(string kind)
    {
        for (var file = 0; file < 2; file++)
        {
            var data = Plain(kind == "all short" || kind == "one short" && file == 0 ? 5 : Rows);
            Change(data, kind, file);
            Npz.Write(folder[$"data/{file}.npz"], data);
        }
        if (kind == "cut")
            File.WriteAllBytes(folder["data/1.npz"], File.ReadAllBytes(folder["data/1.npz"])[..200]);
    }

    private static void Change(Dictionary<string, NpyArray> data, string kind, int file)
    {
        switch (kind)
        {
            case "half":
                data["action"] = new(Array.ConvertAll(data["action"].As<float>(), value => (Half)value), Rows, 2);
                data["reward"] = new(Array.ConvertAll(data["reward"].As<float>(), value => (Half)value), Rows);
                break;
            case "whole pictures": data["image"] = Pictures(Rows, 7L, 64, 64, 3); break;
            case "choices":
                data["action"] = new(Enumerable.Range(0, 2 * Rows).Select(i => i < 2 ? 0 : i % 2).ToArray(), Rows, 2);
                break;
            case "strange key": data["strange"] = new(new ulong[3], 3); break;
            case "large pictures": data["image"] = Pictures(Rows, (byte)7, 84, 84, 3); break;
            case "small pictures": data["image"] = Pictures(Rows, (byte)7, 8, 8, 3); break;
            case "channels first": data["image"] = Pictures(Rows, (byte)7, 3, 64, 64); break;
            case "grey": data["image"] = Pictures(Rows, (byte)7, 64, 64, 1); break;
            case "no pictures":
                data.Remove("image");
                data["vector"] = Pictures(Rows, 0.5f, 3);
                break;
            case "reward 1e30": data["reward"] = Reward(1e30); break;
            case "reward NaN": data["reward"] = Reward(double.NaN); break;
            case "two kinds" when file == 1: data["vector"] = Pictures(Rows, 0.5f, 3); break;
            case "some actions first" when file == 1: data["action"].As<float>()[0] = 0.5f; break;
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public async Task TheCheckAndTrainingAgree(string kind, bool learnable, string told)
    {
        Directory.CreateDirectory(folder["data"]);
        Write(kind);
        var (code, output, _) = await Run(["data", "check", folder["data"], .. Settings]);
        Assert.Equal(learnable ? 0 : 1, code);
        Assert.Contains(told, output);
        var (trained, _, error) = await Run(
            ["train", "--offline", folder["data"], "--updates", "1", "--run", folder["run"], .. Settings]);
        Assert.Equal(code, trained);
        if (learnable)
            return;
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("catch", 1, "but the agent is to learn from")]
    [InlineData("reacher_easy", 0, "2 files, 2 episodes")]
    public async Task WhereATaskIsNamedTheyAreToBeOfIt(string task, int code, string told)
    {
        Directory.CreateDirectory(folder["data"]);
        Write("plain");
        var check = await Run(["data", "check", folder["data"], .. Settings, "--set", $"task={task}"]);
        Assert.Contains(told, check.Output);
        Assert.Equal(code, check.Code);
        Assert.Equal(code, (await Run(["train", "--offline", folder["data"], "--updates", "1", "--run", folder["run"], "--task", task,
            .. Settings])).Code);
    }

    [Fact]
    public async Task TheAdviceForShortEpisodesHelps()
    {
        Directory.CreateDirectory(folder["data"]);
        Write("all short");
        string[] advised = [.. Settings, "--set", "replay.chunk_length=5"];
        Assert.Equal(0, (await Run(["data", "check", folder["data"], .. advised])).Code);
        Assert.Equal(0, (await Run(
            ["train", "--offline", folder["data"], "--updates", "1", "--run", folder["run"], .. advised])).Code);
    }
}
