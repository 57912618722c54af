using System.Text;
using System.Text.Json.Nodes;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Training;

/// <summary>No byte that a run goes on from changes without a word.</summary>
public sealed class SilentDamageTests : IClassFixture<FinishedRuns>, IDisposable
{
    private const string Short = "training.env_steps=90";

    private readonly TemporaryDirectory folder = new();
    private readonly FinishedRuns finished;

    public SilentDamageTests(FinishedRuns finished)
    {
        this.finished = finished;
        BarEnvironment.Register();
        finished.CopyTo(Run, Short);    // checkpoints after 8 and 10 updates
    }

    private string Run => folder["run"];

    private string State => Path.Combine(RunContent.Newest(Run), "state.json");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AChangedDigitOfTheStateIsSaidAndTheCheckpointBeforeItTaken()
    {
        var whole = File.ReadAllBytes(State);
        int[] digits = [.. Enumerable.Range(0, whole.Length).Where(i => char.IsAsciiDigit((char)whole[i]))];
        for (var i = 0; i < digits.Length; i += 1 + digits.Length / 8)
        {
            var changed = (byte[])whole.Clone();
            changed[digits[i]] = (byte)(changed[digits[i]] == '9' ? '8' : changed[digits[i]] + 1);
            File.WriteAllBytes(State, changed);
            using var run = TinyRun.Open(Run, Short);
            Assert.Equal(8, run.Trainer.Counters.Updates);
            Assert.Contains(run.Lines, line => line.Contains("damaged (its checksum is wrong"));
        }
    }

    [Theory]
    [InlineData("version")]
    [InlineData("log_position")]
    [InlineData("replay_random")]
    [InlineData("counters/updates")]
    [InlineData("counters/episodes")]
    [InlineData("replay/next_number")]
    [InlineData("replay/files")]
    [InlineData("average/count")]
    public void AMissingKeyIsNoneThatIsZero(string key)
    {
        Change(state =>
        {
            state.Remove("crc32");
            if (key.StartsWith("average"))
                state["average"] = JsonNode.Parse("""{"names": [], "sums": [], "count": 0}""");
            var path = key.Split('/');
            (path.Length > 1 ? state[path[0]]!.AsObject() : state).Remove(path[^1]);
        });
        using var run = TinyRun.Open(Run, Short);
        Assert.Equal(8, run.Trainer.Counters.Updates);
        Assert.Contains(run.Lines, line => line.Contains("damaged (") && line.Contains(key.Split('/')[^1]));
    }

    [Theory]
    [InlineData("replay_random", "[0, 0, 0, 0]", "replay_random is not 4 words")]
    [InlineData("log_position", "-1", "below zero")]
    [InlineData("stranger", "1", "stranger")]
    public void AStateWithoutAChecksumIsNoNonsense(string key, string value, string told)
    {
        Change(state =>
        {
            state.Remove("crc32");
            state[key] = JsonNode.Parse(value);
        });
        using var run = TinyRun.Open(Run, Short);
        Assert.Contains(run.Lines, line => line.Contains("damaged (") && line.Contains(told));
    }

    [Fact]
    public void ACheckpointOfBeforeIsOpenedAndSaidToBeUnverified()
    {
        foreach (var path in Directory.GetFiles(Run, "state.json", SearchOption.AllDirectories))
            Change(state =>
            {
                foreach (var name in (string[])["crc32", "log_checksum", "lengths", "mirror_positions", "encodings"])
                    state.Remove(name);
                state["replay"]!.AsObject().Remove("checksums");
            }, path);
        foreach (var name in (string[])["config.yaml", "run.json"])
            File.WriteAllBytes(Path.Combine(Run, name), Unsealed(Path.Combine(Run, name)));
        var lines = TinyRun.Complete(Run);
        Assert.Single(lines, line => line == $"{Run}: was saved by a version that kept no checksums of the state, the log "
            + "and the episodes; they could not be verified");
        Assert.Equal(finished.Content(), RunContent.Of(Run));
        Assert.DoesNotContain(TinyRun.Complete(Run), line => line.Contains("verified"));
    }

    [Fact]
    public void AChangedDigitOfTheLogIsRefusedAndNothingChanges()
    {
        var log = Path.Combine(Run, "metrics.jsonl");
        var text = File.ReadAllText(log);
        var place = text.IndexOf("\"return\":", StringComparison.Ordinal) + "\"return\":".Length + 1;
        File.WriteAllText(log, text[..place] + (text[place] == '1' ? '2' : '1') + text[(place + 1)..]);
        Assert.Contains("are not the lines that the checkpoint continues", Refusal());
    }

    [Theory]
    [InlineData("config.yaml", "learning_rate: ")]
    [InlineData("config.yaml", "crc32: ")]
    [InlineData("run.json", "\"cores\": ")]
    [InlineData("run.json", "\"crc32\": \"")]
    public void AChangedDigitOfSettingsAndFactsIsRefusedAndNothingChanges(string name, string before)
    {
        var path = Path.Combine(Run, name);
        var text = File.ReadAllText(path);
        var place = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        File.WriteAllText(path, text[..place] + (text[place] == '2' ? '3' : '2') + text[(place + 1)..]);
        Assert.Contains("its checksum is wrong", Refusal());
    }

    [Fact]
    public void AnEpisodeOfAnotherRunUnderTheRightNameIsSetAsideAndSaid()
    {
        finished.CopyTo(folder["other"], Short, "seed=2");
        var (victim, other) = (EpisodesOf(Run)[0], EpisodesOf(folder["other"])[0]);
        File.Copy(other, victim, overwrite: true);
        using var run = TinyRun.Open(Run, Short);
        Assert.True(File.Exists(victim));
        run.Trainer.Begin();
        Assert.True(File.Exists(victim + ".corrupt"));
        Assert.Contains(run.Lines, line => line.StartsWith($"{victim}: is not the file that the checkpoint lists")
            && line.EndsWith("going on without it"));
    }

    [Fact]
    public void ACheckpointOfAnotherRunIsRefusedAndNothingChanges()
    {
        TinyRun.Complete(folder["twin"], Short);    // the same settings, the same tensors
        Directory.Delete(Path.Combine(Run, "checkpoints"), recursive: true);
        Directory.Move(Path.Combine(folder["twin"], "checkpoints"), Path.Combine(Run, "checkpoints"));
        Assert.Contains("or is another run's", Refusal());
        finished.CopyTo(folder["larger"], Short, "model.deter=17");
        Directory.Delete(Path.Combine(Run, "checkpoints"), recursive: true);
        Directory.Move(Path.Combine(folder["larger"], "checkpoints"), Path.Combine(Run, "checkpoints"));
        Assert.Contains("none of 2 checkpoint(s) can be read", Refusal());
    }

    private static string[] EpisodesOf(string run) =>
        [.. Directory.GetFiles(Path.Combine(run, "episodes"), "*.npz").Order(StringComparer.Ordinal)];

    private static byte[] Unsealed(string path) => path.EndsWith(".json")
        ? Seal.OpenJson(File.ReadAllBytes(path)).Text : Seal.OpenYaml(File.ReadAllBytes(path)).Text;

    private void Change(Action<JsonObject> change, string? path = null)
    {
        path ??= State;
        var state = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(state);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(state.ToJsonString()));
    }

    private string Refusal()
    {
        var before = FolderState.Of(Run);
        var error = Assert.ThrowsAny<ReverieException>(() => TinyRun.Complete(Run, Short));
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, FolderState.Of(Run));
        return error.Message;
    }
}
