using System.Text.Json;
using Reverie.Cli.Bench;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

public sealed class PyTorchComparisonTests : IDisposable
{
    // Looked for once: xunit makes the attribute anew several times a test.
    private static readonly Lazy<(string? Program, string? Fault)> Here = new(() =>
    {
        try
        {
            return (PyTorch.Find(null, CancellationToken.None).Program, null);
        }
        catch (ReverieException none)
        {
            return (null, none.Message);
        }
    });

    private readonly string folder = Directory.CreateTempSubdirectory("reverie-python-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [FactWithPyTorch]
    public Task PlaNetIsTheSameModelInPyTorch() => Compares("planet,tiny", "fp32", "", 87_436);

    [FactWithPyTorch]
    public Task DreamerIsTheSameThreePartsInPyTorchUnderItsAutocast() =>
        Compares("dreamer,tiny", "bf16", " --set loss.kl_prior=1", 87_532 + 2434 + 2401);

    // Of DreamerV2SizeTests' kind, the slow critic among them.
    [FactWithPyTorch]
    public Task DreamerV2IsTheSameInPyTorch() => Compares("dreamerv2,tiny", "fp32", " --forms eager");

    [FactWithPyTorch]
    public Task DreamerV2WithReinforceIsTheSameInPyTorchUnderItsAutocast() =>
        Compares("dreamerv2,tiny", "bf16", " --forms autocast --set actor.gradient=both");

    [FactWithPyTorch]
    public Task D4pgIsTheSameInPyTorchFromVectors() => Compares("d4pg,tiny,vector", "fp32", " --task cartpole_swingup");

    [FactWithPyTorch]
    public Task D4pgIsTheSameInPyTorchFromPictures() =>
        Compares("d4pg,tiny", "bf16", " --task cartpole_swingup --set model.first_norm=false --set actor.action_gradient=entries");

    [FactWithPyTorch]
    public Task CurlIsTheSameInPyTorch() => Compares("curl,tiny", "bf16", " --task cartpole_swingup");

    [FactWithPyTorch]
    public Task A3cIsTheSameInPyTorchFromVectors() => Compares("a3c,tiny,vector", "fp32", " --task cartpole_swingup");

    [FactWithPyTorch]
    public Task A3cWithChoicesAndAnLstmIsTheSameInPyTorch() =>
        Compares("a3c,tiny", "bf16", " --task catch --set model.lstm=8");

    // Counts of DreamerV3SizeTests' kind, the slow critic's and the range of returns among them.
    [FactWithPyTorch]
    public Task DreamerV3IsTheSameInPyTorch() => Compares("dreamerv3,tiny", "fp32", "", 122_261);

    [FactWithPyTorch]
    public Task DreamerV3WithPooledPicturesIsTheSameInPyTorchUnderItsAutocast() =>
        Compares("dreamerv3,tiny", "bf16", " --forms autocast --set model.cnn=pooled", 122_261);

    [FactWithPyTorch]
    public Task DreamerV3WhoseActorClimbsThroughTheDynamicsIsTheSameInPyTorchUnderItsAutocast() =>
        Compares("dreamerv3,tiny", "bf16", " --forms autocast --set actor.gradient=dynamics", 122_261);

    // Encoder, decoder and what the posterior makes of the one: 11,064 + 68,459 + 32·128; the rest as above.
    [FactWithPyTorch]
    public Task DreamerV3WithThePicturesOfPlaNetIsTheSameInPyTorch() =>
        Compares("dreamerv3,tiny", "fp32", " --set model.cnn=planet --set imagination.last=4",
            122_261 - 59_955 + 83_619);

    // M has 4·32·(8 + 3 + 32 + 1) in its LSTM, 33·72 in its output; with heads, the restart flag and one mixture for all
    // dimensions 4·32·(8 + 3 + 1 + 32 + 1), 33·(2 + 3·17).
    [FactWithPyTorch]
    public Task VAndMOfWorldModelsAreTheSameInPyTorch() =>
        Compares("world_models,tiny", "fp32", " --task car_racing", ("update_v", 70_235), ("update_m", 8008));

    [FactWithPyTorch]
    public Task MWithEveryHeadIsTheSameInPyTorch() =>
        Compares("world_models,tiny", "fp32", " --task car_racing --set memory.done=true --set memory.reward=true "
            + "--set memory.joint=true", ("update_v", 70_235), ("update_m", 5760 + 1749));

    [Theory]
    [InlineData("exit 0", "no Python here can import torch (tried PYTHON); Debian's package of it is python3-torch")]
    [InlineData("echo no module >&2; exit 1", "no Python here can import torch (tried PYTHON)")]
    [InlineData("[ $1 = -c ] && echo 2.0 || { echo 'MemoryError: all gone' >&2; exit 3; }",
        "PYTHON ended with 3: MemoryError: all gone")]
    [InlineData("[ $1 = -c ] && echo 2.0 || echo '{\"version\":\"2.0\",\"precision\":\"fp32\",\"threads\":1,"
        + "\"parameters\":{\"model\":5},\"seconds\":[1.5],\"processor_seconds\":[1.5],\"peak_memory_bytes\":1}'",
        "model has 87436 parameters here and 5 in PyTorch, so the two did not do the same work")]
    public async Task WhatIsWrongWithAPythonIsOneLine(string program, string told)
    {
        var python = Script(program);
        var (code, _, error) = await RunLine(
            $"bench update --preset planet,tiny --repeats 1 --against-pytorch --python {python}");
        Assert.Equal(1, code);
        Assert.StartsWith($"reverie: --against-pytorch: {told.Replace("PYTHON", python)}", OneLine(error));
    }

    [Theory]
    [InlineData("bench update --against-pytorch --python /no/such/python",
        "no Python here can import torch (tried /no/such/python); Debian's package of it is python3-torch; "
        + "--python PATH takes another Python")]
    [InlineData("bench act --against-pytorch", "PyTorch does the update alone; name it: bench update")]
    [InlineData("bench update --against-pytorch --forms eager,compiled", "there is no form compiled; did you mean compile?",
        "--forms")]
    [InlineData("bench update --against-pytorch --preset a3c,tiny --set actor.distribution=tanh_normal",
        "actor.distribution=tanh_normal is not in benchmarks/")]
    [InlineData("bench update --against-pytorch --set environment.picture=80x80", "a picture that is not 64×64 is not in")]
    [InlineData("bench update --against-pytorch --preset dreamerv3,tiny --task catch", "a task with discrete actions, catch,")]
    [InlineData("bench update --against-pytorch --preset planet,small --set model.dynamics=ssm",
        "model.dynamics=ssm is not in benchmarks/")]
    [InlineData("bench update --against-pytorch --task catch", "a task with discrete actions, catch, is not in")]
    public async Task WhatCannotBeComparedIsOneLineBeforeAnythingIsTimed(string typed, string told,
        string option = "--against-pytorch")
    {
        var (code, output, error) = await RunLine(typed);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"reverie: {option}: {told}", OneLine(error));
    }

    /// <summary>The fastest form is the peer; one that cannot be had is said in a line and left out.</summary>
    [Fact]
    public async Task TheFastestFormIsThePeerAndWhatFailsIsLeftOut()
    {
        var answer = "{\\\"version\\\":\\\"2.0\\\",\\\"precision\\\":\\\"fp32\\\",\\\"threads\\\":1,\\\"parameters\\\":{\\\"model\\\":87436},"
            + "\\\"seconds\\\":[$s],\\\"processor_seconds\\\":[$s],\\\"peak_memory_bytes\\\":1}";
        var python = Script("[ $1 = -c ] && echo 2.0 && exit; s=8; case \"$*\" in *--compile*) echo 'no g++' >&2; exit 1;; "
            + $"*--channels-last*) s=4;; esac; echo \"{answer}\"");
        var (code, output, error) = await RunLine($"bench update --preset planet,tiny --repeats 1 --against-pytorch --python {python} "
            + "--set compute.threads=1 --set compute.precision=fp32");
        Assert.Equal(0, code);
        Assert.Equal($"bench: compile is left out: {python} ended with 1: no g++", OneLine(error));
        Assert.Contains("pytorch 2.0 eager", output);
        Assert.StartsWith("the fastest form of pytorch 2.0 is channels-last: ", output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public void UnequalPartsAreRefused()
    {
        var one = new Dictionary<string, long> { ["model"] = 3 };
        PyTorchComparison.DemandSame(one, new Dictionary<string, long>(one));
        foreach (var other in new[] { new() { ["model"] = 4 }, new Dictionary<string, long>(one) { ["actor"] = 1 } })
        {
            Assert.ThrowsAny<ReverieException>(() => PyTorchComparison.DemandSame(one, other));
            Assert.ThrowsAny<ReverieException>(() => PyTorchComparison.DemandSame(other, one));
        }
    }

    private string Script(string program)
    {
        var python = Path.Combine(folder, "python");
        File.WriteAllText(python, $"#!/bin/sh\n{program}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return python;
    }

    private static string OneLine(string error) => Assert.Single(error.TrimEnd().Split('\n'));

    private static Task Compares(string presets, string precision, string options, long? parameters = null) =>
        Compares(presets, precision, options, ("update", parameters));

    // Of every part as many parameters as here, which the command demands itself; in each form that PyTorch has of those asked.
    private static async Task Compares(
        string presets, string precision, string options, params (string What, long? Parameters)[] updates)
    {
        // What is compiled takes minutes, where it can be at all.
        var forms = options.Contains("--forms") ? "" : $" --forms eager,{(precision == "bf16" ? "autocast" : "channels-last")}";
        var (code, output, error) = await RunLine($"bench update --preset {presets} --repeats 1 --against-pytorch --json "
            + $"--python {Here.Value.Program} --set compute.threads=1 --set compute.precision={precision}{options}{forms}");
        Assert.Equal((0, ""), (code, error));
        var rows = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .Where(row => row.GetProperty("what").GetString() == "against_pytorch").ToArray();
        Assert.Equal(updates.Select(update => update.What), rows.Select(row => row.GetProperty("of").GetString()).Distinct());
        foreach (var (what, parameters) in updates)
        {
            var these = rows.Where(row => row.GetProperty("of").GetString() == what).ToArray();
            var (ours, theirs) = (these[0], these[1..]);
            Assert.Equal(("reverie", false), (ours.GetProperty("program").GetString(), ours.GetProperty("fastest").GetBoolean()));
            Assert.Equal(precision == "bf16" && what != "update_m" && !presets.Contains("vector") ? "bf16" : "fp32",
                ours.GetProperty("precision").GetString());
            if (forms.Length > 0) Assert.Equal(2, theirs.Length);
            var peer = Assert.Single(theirs, row => row.GetProperty("fastest").GetBoolean());
            double Processor(JsonElement row) => row.GetProperty("processor_seconds").GetDouble();
            Assert.Equal(theirs.Min(Processor), Processor(peer));
            foreach (var row in these)
            {
                Assert.Equal((1, ours.GetProperty("parameters").GetInt64()),
                    (row.GetProperty("threads").GetInt32(), row.GetProperty("parameters").GetInt64()));
                Assert.Equal(parameters ?? ours.GetProperty("parameters").GetInt64(), row.GetProperty("parameters").GetInt64());
                Assert.True(row.GetProperty("peak_memory_bytes").GetInt64() > 10_000_000);
                Assert.Equal(Processor(row) / Processor(ours), row.GetProperty("ratio").GetDouble(), 9);
                if (row.GetProperty("form").GetString() is { } form)
                    Assert.Equal(form.StartsWith("autocast", StringComparison.Ordinal) ? "bf16" : "fp32",
                        row.GetProperty("precision").GetString());
            }
        }
    }

    /// <summary>A test that needs a Python with PyTorch, and is skipped, saying so, where there is none.</summary>
    private sealed class FactWithPyTorchAttribute : FactAttribute
    {
        public FactWithPyTorchAttribute() => Skip = Here.Value.Program is null ? Here.Value.Fault : null;
    }
}
