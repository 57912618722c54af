using System.Text.Json;
using Reverie.Cli.Bench;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

public sealed class BenchVerbTests
{
    [Theory]
    [InlineData("dreamer,tiny", "update behavior act replay env")]
    [InlineData("world_models,tiny", "update_v update_m evolve env")]
    [InlineData("d4pg,tiny", "update act env")]
    [InlineData("a3c,tiny,vector", "update act env")]
    public async Task AllIsWhatTheAgentHas(string presets, string expected)
    {
        var task = presets.StartsWith("d4pg", StringComparison.Ordinal) ? "cartpole_balance" : "catch_one";
        var rows = await Rows($"bench all --preset {presets} --task {task} --repeats 1 --json");
        Assert.Equal(expected.Split(' '), rows.Select(row => row.GetProperty("what").GetString()));
        Assert.All(rows, row => Assert.True(row.GetProperty("seconds").GetDouble() > 0));
        Assert.All(rows, row => Assert.True(row.GetProperty("peak_memory_bytes").GetInt64() > 10_000_000));
    }

    [Fact]
    public async Task ATableLinesUpAndHasALineEach()
    {
        var (code, output, error) = await RunLine("bench all --preset planet,tiny --task catch_one --repeats 1");
        Assert.Equal((0, ""), (code, error));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(["what", "update", "act", "plan", "replay", "env"], lines.Select(line => line.Split(' ')[0]));
        Assert.All(lines, line => Assert.NotEqual(' ', line[lines[0].IndexOf("seconds", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public async Task AModelIsComparedWithTheLimitOfItsTypeAndBothAreTold(string precision)
    {
        var rows = await Rows("bench update act plan --preset planet,tiny --repeats 1 --json "
            + $"--set compute.precision={precision}");
        Assert.Equal(3, rows.Length);
        foreach (var row in rows)
        {
            double Of(string key) => row.GetProperty(key).GetDouble();
            Assert.Equal(precision, row.GetProperty("precision").GetString());
            Assert.True(Of("fp32_limit_gflops") > 0 && Of("bf16_limit_gflops") > 0);
            Assert.Equal(Of($"{precision}_limit_gflops"), Of("limit_gflops"));
            Assert.Equal(100 * Of("gflops") / Of("limit_gflops"), Of("percent_of_limit"), 6);
            Assert.True(Of("gflops") > 0 && Of("peak_memory_bytes") > 10_000_000);
            Assert.Equal(87_436, row.GetProperty("parameters").GetProperty("model").GetInt64());
        }
    }

    [Fact]
    public async Task AnUpdateOfWorldModelsIsOneOfVAndOneOfMEachWithItsLayers()
    {
        var rows = await Rows("bench update --preset world_models,tiny --task car_racing --repeats 1 --profile --json "
            + "--set compute.precision=bf16");
        var measured = rows.Where(row => row.TryGetProperty("percent_of_limit", out _)).ToArray();
        // M computes in float32.
        Assert.Equal([("update_v", "bf16"), ("update_m", "fp32")],
            measured.Select(row => (row.GetProperty("what").GetString()!, row.GetProperty("precision").GetString()!)));
        Assert.All(measured, row => Assert.True(row.GetProperty("gflops").GetDouble() > 0));
        Assert.All(measured, row => Assert.Equal(1,
            row.GetProperty("seconds").GetDouble() * row.GetProperty("per_second").GetDouble(), 9));
        // LSTM of 8 + 3 inputs and 32 units, output of 3 mixtures for each of 8.
        Assert.Equal(4 * 32 * (11 + 32 + 1) + 33 * 72,
            measured[1].GetProperty("parameters").GetProperty("memory").GetInt64());
        foreach (var (what, layer) in new[] { ("update_v", "vae.decoder"), ("update_m", "memory.lstm") })
            Assert.Contains(rows, row => row.TryGetProperty("kind", out var kind) && kind.GetString() == "layer"
                && row.GetProperty("what").GetString() == what
                && row.GetProperty("name").GetString()!.StartsWith(layer, StringComparison.Ordinal)
                && row.GetProperty("backward").GetDouble() > 0);
    }

    [Theory]
    [InlineData("dreamerv3,tiny")]
    [InlineData("planet,tiny")]
    [InlineData("world_models,tiny")]
    public async Task ADecisionIsTimedInOnnxRuntimeToo(string presets)
    {
        var rows = await Rows($"bench act --onnx --preset {presets} --task catch_one --repeats 2 --json");
        Assert.Equal(["reverie", "ONNX Runtime"], rows.Select(row => row.GetProperty("program").GetString()));
        Assert.All(rows, row => Assert.True(row.GetProperty("seconds").GetDouble() > 0));
        Assert.All(rows, row => Assert.Equal(1, row.GetProperty("threads").GetInt32()));
        double Processor(int row) => rows[row].GetProperty("processor_seconds").GetDouble();
        Assert.Equal(Processor(1) / Processor(0), rows[1].GetProperty("ratio").GetDouble(), 9);
        Assert.InRange(rows[1].GetProperty("bytes").GetInt64(), 10_000, 100_000_000);
    }

    /// <summary>What ranks would take follows from the time and the gradients: 40 MB handed round
    /// beside each rank's share of the work.</summary>
    [Fact]
    public async Task WhatRanksWouldTakeIsComputed()
    {
        var rows = RankRow.Of(seconds: 0.8, gradients: 10_000_000);
        Assert.Equal([2, 4, 8, 16, 32, 64], rows.Take(6).Select(row => row.Ranks));
        Assert.All(rows.Take(6), row => Assert.Equal(10, row.Gigabits));
        Assert.Equal(0.4 + 0.032, rows[0].Seconds, 9);          // 320 Mbit each way
        Assert.Equal(0.032 / 0.432, rows[0].CommunicationShare, 9);
        Assert.Equal(0.8 / 0.432, rows[0].TimesAsFast, 9);
        Assert.Equal(0.2 + 1.5 * 0.0032, rows[7].Seconds, 9);
        var told = await Rows("bench update --scaling --preset planet,tiny --repeats 1 --json");
        Assert.Equal(12, told.Count(row => row.TryGetProperty("times_as_fast", out _)));
        var (_, output, _) = await RunLine("bench update --scaling --preset dreamerv3,tiny --task catch_one --repeats 1");
        Assert.Contains("computed, not measured", output, StringComparison.Ordinal);
        Assert.Equal((1, "reverie: --scaling: ranks divide an update; name it: bench update"),
            await RunLine("bench act --scaling") is var (code, _, error) ? (code, error.TrimEnd()) : default);
    }

    [Theory]
    [InlineData("bench update --onnx", "--onnx: a decision alone is exported; name it: bench act")]
    [InlineData("bench all act --onnx", "bench all is one table; --profile, --against-c, --against-pytorch and --onnx go with single "
        + "benchmarks")]
    public async Task WhatOnnxRuntimeDoesNotTimeIsRefused(string command, string line)
    {
        var (code, _, error) = await RunLine(command);
        Assert.Equal((1, $"reverie: {line}"), (code, error.TrimEnd()));
    }

    /// <summary>Each size by itself, and decisions of several environments; what the agent does not take is said and left out.
    /// </summary>
    [Theory]
    [InlineData("planet,tiny", "", "replay.batch_size environment.count")]
    [InlineData("curl,tiny", "environment.picture 32x32 is left out", "replay.batch_size environment.count")]
    [InlineData("a3c,tiny,vector", "", "environment.count environment.count")]
    public async Task GrowthIsOneTable(string presets, string told, string settings)
    {
        var (code, output, error) = await RunLine($"bench growth --preset {presets} --repeats 1 --json --set compute.threads=1");
        Assert.Equal(0, code);
        Assert.Contains(told, error);
        var rows = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(settings, $"{Setting(rows[0])} {Setting(rows[^1])}");
        Assert.All(rows, row => Assert.True(row.GetProperty("seconds").GetDouble() > 0 && row.GetProperty("gflops").GetDouble() > 0));
        Assert.Equal(["1", "2", "4", "8", "16"], rows.Where(row => Text(row, "of") == "act").Select(row => Text(row, "value")));
        var wider = rows.Where(row => Setting(row) == "all widths").ToArray();
        Assert.Equal(["× 0.5", "× 1", "× 2", "× 4"], wider.Select(row => Text(row, "value")));
        double Work(JsonElement row) => row.GetProperty("gflops").GetDouble() * row.GetProperty("seconds").GetDouble();
        Assert.InRange(Work(wider[3]) / Work(wider[2]), 2, 4);      // of dense layers four times as much, first ones twice

        string Setting(JsonElement row) => Text(row, "setting");
        string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task AReplayIsFilledSampledCopiedAndConverted()
    {
        var row = Assert.Single(await Rows("bench replay --preset planet,tiny --repeats 2 --json "
            + "--set model.encoder=both --set replay.batch_size=7"));
        Assert.Equal((7, 12), (row.GetProperty("batch_size").GetInt32(), row.GetProperty("chunk_length").GetInt32()));
        // Five batches of 84 rows, in episodes of 250 decisions.
        Assert.Equal(2, row.GetProperty("episodes_in_memory").GetInt32());
        Assert.True(row.GetProperty("replay_bytes").GetInt64() > 2 * 251 * 64 * 64 * 3);
        foreach (var stage in new[] { "sample_seconds", "copy_seconds", "convert_seconds" })
            Assert.InRange(row.GetProperty(stage).GetDouble(), 1e-9, row.GetProperty("seconds").GetDouble() * 2);
    }

    [Theory]
    [InlineData("bench all --profile",
        "bench all is one table; --profile, --against-c, --against-pytorch and --onnx go with single benchmarks")]
    [InlineData("bench replay --profile", "--profile: replay has no layers to tell apart; leave one of the two out")]
    [InlineData("bench replay --preset world_models,tiny",
        "replay: agent world_models has none; it has update_v, update_m, evolve")]
    [InlineData("bench growth --preset world_models,tiny",
        "growth: agent world_models has no update of one piece; take another preset")]
    [InlineData("bench update_v --preset planet,tiny",
        "update_v: agent planet has none; it has update, act, plan, replay")]
    public async Task WhatDoesNotGoTogetherIsOneLine(string typed, string told)
    {
        var (code, output, error) = await RunLine(typed);
        Assert.Equal((1, "", $"reverie: {told}"), (code, output, error.TrimEnd()));
    }

    [Fact]
    public void StagesAddUpToTheWhole()
    {
        var (order, timing) = (new List<int>(), new Timing(3, CancellationToken.None));
        var seconds = timing.Stages(2, ended =>
        {
            order.Add(1);
            ended();
            order.Add(2);
            ended();
        });
        Assert.Equal(3, seconds.Length);
        Assert.Equal(2 * (3 + 1), order.Count);     // once more to warm up
        Assert.Equal(2, Timing.Median([9, 1, 2]));
        Assert.Equal(1.5, Timing.Median([9, 1, 2, 1]));
    }

    private static async Task<JsonElement[]> Rows(string typed)
    {
        var (code, output, error) = await RunLine(typed);
        Assert.Equal((0, ""), (code, error));
        return [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
