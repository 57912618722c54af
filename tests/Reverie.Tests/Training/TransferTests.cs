using System.Text.Json;
using System.Text.RegularExpressions;
using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.IO;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>A run that begins with parts of another one: they are that one's to the bit, the others new, frozen ones stay,
/// and what does not fit is one line before anything is written.</summary>
public sealed class TransferTests : IDisposable
{
    private static readonly string[] Rail = ["task=" + RailEnvironment.Task, "model.encoder=vector", "training.env_steps=50"];

    private static readonly string[] Behaving =
    [
        .. Rail, "actor.units=16", "critic.units=16", "imagination.horizon=3", "model.continue=true", "model.continue_units=16",
    ];

    private readonly TemporaryDirectory folder = new();

    public TransferTests()
    {
        BarEnvironment.Register();
        RailEnvironment.Register();
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("planet", "encoder,dynamics,decoder", "reward")]
    [InlineData("dreamer", "encoder,dynamics,decoder", "reward,continue,actor,critic")]
    [InlineData("contrastive", "encoder,dynamics,decoder,continue", "reward,actor,critic")]
    [InlineData("dreamerv2", "encoder,dynamics,decoder,reward,continue,actor", "critic")]
    [InlineData("dreamerv3", "encoder,dynamics,decoder,critic,return_scale", "reward,continue,actor")]
    public void KeptPartsAreTheOthersAndTheRestIsNew(string agent, string kept, string anew)
    {
        TinyRun.Complete(folder["source"], Settings(agent));
        var source = PartsIn("source");
        string[] mine = [.. Settings(agent), "seed=7", $"transfer.from={folder["source"]}", "transfer.keep=" + kept];
        using var fresh = Fresh(mine);
        using var run = TinyRun.Open(folder["run"], mine);
        var (has, first) = (PartsOf(run.Agent), PartsOf(fresh));
        Assert.Equal(kept.Split(',').Concat(anew.Split(',')).Order(), AgentParts.Of(run.Agent).Order());
        foreach (var (name, value) in has)
        {
            var part = AgentParts.Of(name.Split('/')[0], name.Split('/')[1]);
            Assert.Equal(kept.Split(',').Contains(part) ? source[name] : first[name], value);
        }
        // Both ways are told apart: the source has learned, and drew other parameters.
        Assert.All(kept.Split(','), part => Assert.NotEqual(Of(first, part), Of(source, part)));
        Assert.All(anew.Split(','), part => Assert.NotEqual(Of(first, part), Of(source, part)));
        run.Trainer.Run();
        Assert.Contains(run.Lines, line => line.StartsWith($"{kept.Replace(",", ", ")} as {folder["source"]} had them after ")
            && line.EndsWith($"; {anew.Replace(",", ", ")} begin{(anew.Contains(',') ? "" : "s")} anew"));
        using var facts = JsonDocument.Parse(Seal.OpenJson(File.ReadAllBytes(folder["run/run.json"])).Text);
        var said = facts.RootElement.GetProperty("transfer");
        Assert.Equal(folder["source"], said.GetProperty("from").GetString());
        Assert.Equal(kept.Split(','), said.GetProperty("kept").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(anew.Split(','), said.GetProperty("new").EnumerateArray().Select(one => one.GetString()));
        Assert.Empty(said.GetProperty("frozen").EnumerateArray());
        Assert.Equal(long.Parse(Path.GetFileName(RunContent.Newest(folder["source"]))), said.GetProperty("updates").GetInt64());
        Assert.All(kept.Split(',').Where(part => part != "return_scale"),
            part => Assert.NotEqual(Of(PartsIn("run"), part), Of(source, part)));
    }

    [Theory]
    [InlineData("planet", "encoder,dynamics,decoder", "encoder,dynamics", "decoder,reward")]
    [InlineData("dreamer", "all", "actor", "encoder,dynamics,decoder,reward,continue,critic")]
    [InlineData("dreamerv2", "all", "actor,critic", "encoder,dynamics,decoder,reward,continue")]
    [InlineData("dreamerv2", "all", "encoder,dynamics,decoder,reward,continue", "actor,critic")]
    [InlineData("dreamerv3", "all", "encoder,actor,critic", "dynamics,decoder,reward,continue")]
    [InlineData("dreamerv3", "all", "encoder,dynamics,decoder,reward,continue", "actor,critic")]
    public void FrozenPartsStayAndTheOthersLearn(string agent, string kept, string frozen, string learning)
    {
        TinyRun.Complete(folder["source"], Settings(agent));
        TinyRun.Complete(folder["run"], [.. Settings(agent), "optimizer.weight_decay=0.01", "seed=7",
            $"transfer.from={folder["source"]}", "transfer.keep=" + kept, "transfer.freeze=" + frozen]);
        var (source, run) = (PartsIn("source"), PartsIn("run"));
        Assert.All(frozen.Split(','), part => Assert.Equal(Of(source, part), Of(run, part)));
        using var fresh = Fresh([.. Settings(agent), "seed=7"]);
        Assert.All(learning.Split(','), part => Assert.NotEqual(Of(source, part), Of(run, part)));
        Assert.All(learning.Split(','), part => Assert.NotEqual(Of(PartsOf(fresh), part), Of(run, part)));
    }

    [Theory]
    [InlineData("dreamerv2")]
    [InlineData("dreamerv3")]
    public void ItGoesOnAlikeWithoutTheRunThatItBeganFrom(string agent)
    {
        TinyRun.Complete(folder["source"], Settings(agent));
        string[] mine = [.. Settings(agent), "seed=7", $"transfer.from={folder["source"]}", "transfer.freeze=encoder,dynamics"];
        TinyRun.Complete(folder["whole"], mine);
        using (var run = TinyRun.Open(folder["parts"], mine))
        {
            using var stop = new CancellationTokenSource();
            stop.Cancel();
            run.Trainer.Run(stop.Token);
        }
        Directory.Delete(folder["source"], recursive: true);
        TinyRun.Complete(folder["parts"], [.. mine, "training.env_steps=30"]);
        TinyRun.Complete(folder["parts"], mine);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
    }

    [Fact]
    public void OneThatWasKilledBeforeItsFirstCheckpointBeginsAgainFromTheOther()
    {
        TinyRun.Complete(folder["source"], Rail);
        string[] mine = [.. Rail, "seed=7", $"transfer.from={folder["source"]}"];
        TinyRun.Complete(folder["whole"], mine);
        using (var run = TinyRun.Open(folder["parts"], mine)) run.Trainer.Begin();
        Assert.False(Directory.Exists(folder["parts/checkpoints"]));
        TinyRun.Complete(folder["parts"], mine);
        Assert.Equal(RunContent.Of(folder["whole"]), RunContent.Of(folder["parts"]));
    }

    [Theory]
    [InlineData("transfer.keep=encoder,dynamix", "transfer.keep: there is no part 'dynamix'; did you mean dynamics?")]
    [InlineData("transfer.keep=actor", "transfer.keep: there is no part 'actor'; there are encoder, dynamics, decoder, reward")]
    [InlineData("transfer.keep=,", "transfer.keep: names no part; there are encoder, dynamics, decoder, reward")]
    [InlineData("transfer.freeze=reward", "transfer.freeze: reward is not in transfer.keep: it begins anew and has to learn")]
    [InlineData("transfer.freeze=rewards", "transfer.freeze: there is no part 'rewards'; did you mean reward?")]
    [InlineData("agent=dreamer", "transfer.from: SOURCE is of agent = planet, this run of dreamer; parts of one algorithm are none "
        + "of another's")]
    [InlineData("transfer.from=nowhere", "transfer.from: there is no run nowhere")]
    [InlineData("transfer.from=.", "transfer.from: . is no run: it has no config.yaml")]
    public void WhatDoesNotFitIsOneLineAndLeavesNothing(string set, string line)
    {
        TinyRun.Complete(folder["source"], Rail);
        var fault = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(
            folder["run"], [.. Rail, $"transfer.from={folder["source"]}", set]));
        Assert.Equal(line.Replace("SOURCE", folder["source"]), fault.Message);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void OtherShapesAndDamagedOrMissingCheckpointsAreOneLineAndLeaveNothing()
    {
        TinyRun.Complete(folder["source"], Rail);
        var shapes = Refusal("model.deter=24");
        Assert.StartsWith("transfer.from: ", shapes);
        Assert.Contains("model.safetensors: the tensor 'dynamics.", shapes);
        var both = Regex.Match(shapes, @" is F32 (\[[\d, ]+\]), F32 (\[[\d, ]+\]) is needed; ");
        Assert.True(both.Success && both.Groups[1].Value != both.Groups[2].Value, shapes);
        Assert.DoesNotContain('\n', shapes);
        // Sizes of a part that begins anew may differ.
        TinyRun.Complete(folder["other"], [.. Rail, $"transfer.from={folder["source"]}", "model.reward_units=24"]);

        var file = Path.Combine(RunContent.Newest(folder["source"]), "model.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Contains("model.safetensors has a wrong checksum", Refusal());
        Directory.Delete(folder["source/checkpoints"], recursive: true);
        Assert.Contains("has no checkpoint; train that run first", Refusal());

        string Refusal(params string[] set)
        {
            var fault = Assert.ThrowsAny<ReverieException>(() =>
                TinyRun.Complete(folder["run"], [.. Rail, $"transfer.from={folder["source"]}", .. set]));
            Assert.False(Directory.Exists(folder["run"]));
            return fault.Message;
        }
    }

    [Fact]
    public void ScalesThatNoGradientMovesCannotBeFrozenAndNothingIsFrozenWithoutARun()
    {
        TinyRun.Complete(folder["source"], Settings("dreamerv3"));
        var scale = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(folder["run"],
            [.. Settings("dreamerv3"), $"transfer.from={folder["source"]}", "transfer.keep=all", "transfer.freeze=return_scale"]));
        Assert.Equal("transfer.freeze: agent = dreamerv3 cannot leave return_scale as it is", scale.Message);
        var alone = Assert.ThrowsAny<ReverieException>(() => TinyRun.Configuration("transfer.freeze=encoder"));
        Assert.Contains("transfer.freeze: only what is taken over from another run can stay as it is", alone.Message);
    }

    [Theory]
    [InlineData("model", "encoder.layers.0.weight", "encoder")]
    [InlineData("model", "continue.mlp.0.bias", "continue")]
    [InlineData("representation", "mlp.0.weight", "decoder")]
    [InlineData("slow_critic", "0.weight", "critic")]
    [InlineData("slow_convolutions", "0.weight", "convolutions")]
    [InlineData("temperature", "log", "temperature")]
    public void EveryParameterHasItsPart(string module, string parameter, string part) =>
        Assert.Equal(part, AgentParts.Of(module, parameter));

    [Fact]
    public void ADifferenceOfTheModelThatNoShapeTellsIsSaid()
    {
        TinyRun.Complete(folder["source"], Rail);
        var lines = TinyRun.Complete(folder["run"], [.. Rail, $"transfer.from={folder["source"]}", "model.activation=elu"]);
        Assert.Contains($"{folder["source"]} was made with model.activation = relu (here elu): what is kept has learned under that",
            lines);
    }

    [Fact]
    public void AnotherRunsPartsAreNoSettingOfARunThatIsThere()
    {
        TinyRun.Complete(folder["source"], Rail);
        TinyRun.Complete(folder["run"], [.. Rail, "training.env_steps=30"]);
        var before = FolderState.Of(folder["run"]);
        var fault = Assert.ThrowsAny<ReverieException>(() =>
            TinyRun.Complete(folder["run"], [.. Rail, $"transfer.from={folder["source"]}"]));
        Assert.StartsWith($"{folder["run"]}: this run was started with transfer.from = none (asked: {folder["source"]})",
            fault.Message);
        Assert.Equal(before, FolderState.Of(folder["run"]));
    }

    private static string[] Settings(string agent) => agent switch
    {
        "planet" => Rail,
        "contrastive" => [.. Behaving, "agent=dreamer", "loss.representation=contrastive", "loss.contrastive.units=16"],
        "dreamer" => [.. Behaving, "agent=dreamer"],
        "dreamerv2" =>
        [
            .. Behaving, "agent=dreamerv2", "model.dynamics=discrete_rssm", "model.classes=4", "model.gru=norm",
            "actor.distribution=trunc_normal", "critic.slow_every=1",
        ],
        _ =>
        [
            .. Behaving, "agent=dreamerv3", "model.dynamics=discrete_rssm", "model.classes=4", "actor.distribution=trunc_normal",
            "training.train_ratio=10", "critic.slow_every=1", "critic.slow_fraction=0.02", "replay.prioritize_ends=false",
        ],
    };

    private static IAgent Fresh(string[] set)
    {
        var config = TinyRun.Configuration(set).Config with { Transfer = new() };
        using var environment = EnvironmentRegistry.Make(config.Task, config.Environment, 1, config.Model.Sees());
        return AgentRegistry.Create(config, EpisodeLayout.From(environment.ObservationSpace, environment.ActionSpace),
            Device.Cpu, DType.Float32);
    }

    private static Dictionary<string, string> PartsOf(IAgent agent) => agent.Modules.SelectMany(module => module.Value
        .NamedParameters().Select(parameter => KeyValuePair.Create($"{module.Key}/{parameter.Name}",
            Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(parameter.Value.ToArray<float>())))))
        .ToDictionary();

    private Dictionary<string, string> PartsIn(string run) => Directory.GetFiles(RunContent.Newest(folder[run]), "*.safetensors")
        .Where(file => Path.GetFileName(file) != "optimizer.safetensors").SelectMany(file => SafetensorsFile.Read(file).Entries
            .Select(entry => KeyValuePair.Create($"{Path.GetFileNameWithoutExtension(file)}/{entry.Name}",
                Convert.ToHexString(entry.Data)))).ToDictionary();

    private static string Of(Dictionary<string, string> all, string part) => string.Join('\n', all
        .Where(one => AgentParts.Of(one.Key.Split('/')[0], one.Key.Split('/')[1]) == part)
        .OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Value));
}
