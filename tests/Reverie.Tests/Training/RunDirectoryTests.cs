using System.Text.Json;
using Reverie.Environments;
using Reverie.Environments.Games;
using Reverie.Runs;

namespace Reverie.Tests.Training;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly Fakes.TemporaryDirectory folder = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OneProcessAtATime()
    {
        using (RunDirectory.Open(Run, TinyRun.Configuration()))
            Assert.Equal($"{Run}: another process works on this run; wait for it, or choose another --run", Refusal());
        using var later = RunDirectory.Open(Run, TinyRun.Configuration());
        Assert.Equal(Run, later.Path);
    }

    [Fact]
    public void ItSaysWhatActionsAreCalled()
    {
        GameTasks.Register();
        using (var run = RunDirectory.Open(Run, TinyRun.Configuration("task=catch")))
            run.Begin(saved: true);
        using var facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(Run, "run.json")));
        Assert.Equal(["left", "stay", "right"],
            facts.RootElement.GetProperty("action_names").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void AnotherConfigurationIsRefusedByItsKey()
    {
        Begin();
        Assert.Equal($"{Run}: this run was started with model.stoch = 8 (asked: 9); "
            + "repeat its options or choose another --run", Refusal("model.stoch=9"));
        RunDirectory.Open(Run, TinyRun.Configuration("training.env_steps=1000000")).Dispose();
    }

    [Theory]
    [InlineData("{\"version\": 7}", "this run has version 7 of the format, this program 1; choose another --run")]
    [InlineData("{\"version\": ", "cannot be read (")]
    [InlineData("{}", "cannot be read (")]
    [InlineData("[]", "cannot be read (")]
    [InlineData("{\"version\": 1e99}", "cannot be read (")]
    [InlineData(null, "cannot be read (")]
    public void AnotherVersionIsRefused(string? facts, string text)
    {
        Begin();
        if (facts is null)
            File.Delete(Path.Combine(Run, "run.json"));
        else
            File.WriteAllText(Path.Combine(Run, "run.json"), facts);
        Assert.Contains(text, Refusal());
    }

    [Theory]
    [InlineData("task: [test_bar\n", "config.yaml")]
    [InlineData("model:\n  deter: many\n", "config.yaml:2: model.deter = many")]
    [InlineData("", "config.yaml")]
    public void AConfigurationThatCannotBeReadIsSaid(string yaml, string text)
    {
        Begin();
        File.WriteAllText(Path.Combine(Run, "config.yaml"), yaml);
        Assert.Contains(text, Refusal());
    }

    /// <summary>An environment built anew, whose numbers have the same sizes and mean something else.</summary>
    [Theory]
    [InlineData("choices", "learned with image none, vector 6, action 2; test_spaces now has image none, vector 6, action 2 one-hot: ")]
    [InlineData("order", "learned with a vector of a 2, b 4; test_spaces now has one of b 4, a 2: ")]
    public void AnEnvironmentWithOtherSpacesIsRefused(string change, string told)
    {
        string[] set = ["task=test_spaces", "model.encoder=vector"];
        NamedPart one = new("a", BoxSpace.Uniform(2, -1, 1)), two = new("b", BoxSpace.Uniform(4, -1, 1));
        Register(new NamedSpace(one, two), BoxSpace.Uniform(2, -1, 1));
        using (var run = RunDirectory.Open(Run, TinyRun.Configuration(set)))
            run.Begin(saved: true);
        RunDirectory.Open(Run, TinyRun.Configuration(set)).Dispose();
        Register(change == "order" ? new NamedSpace(two, one) : new NamedSpace(one, two),
            change == "choices" ? new DiscreteSpace(2) : BoxSpace.Uniform(2, -1, 1));
        Assert.Equal($"{Run}: {told}build the environment as it was, or choose another --run", Refusal(set));

        static void Register(Space seen, Space done) => EnvironmentRegistry.Register(
            new TaskInfo { Task = "test_spaces", Domain = "test", ObservationSpace = seen, ActionSpace = done },
            (_, _) => throw new NotSupportedException());
    }

    [Fact]
    public void ARunBegunAnewKeepsNothingOfAnExportedOne()
    {
        Begin();
        File.WriteAllText(Path.Combine(Run, "policy.json"), "{}");
        using (var run = RunDirectory.Open(Run, TinyRun.Configuration(), restart: true))
            run.Begin(saved: true);
        Assert.False(File.Exists(Path.Combine(Run, "policy.json")));
        Assert.True(File.Exists(Path.Combine(Run, "before-1", "policy.json")));
    }

    [Theory]
    [InlineData("run/inside/a/file")]
    [InlineData("run")]
    [InlineData("/proc/reverie-run")]
    public void AFolderThatCannotBeMadeIsSaid(string name)
    {
        File.WriteAllText(Run, "in the way");
        var path = Path.Combine(folder.Path, name);
        var error = Assert.ThrowsAny<ReverieException>(() => RunDirectory.Open(path, TinyRun.Configuration()));
        Assert.StartsWith($"{path}: the run directory cannot be written: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void EpisodesWithoutAConfigurationAreLeftAlone()
    {
        Directory.CreateDirectory(Path.Combine(Run, "episodes"));
        File.WriteAllText(Path.Combine(Run, "episodes", "000000-00000000-10.npz"), "one");
        Assert.Equal($"{Run}: has episodes, but no config.yaml: put it back, choose another --run, or begin this one anew "
            + "with --restart", Refusal());
        Assert.Equal(["episodes"], Directory.GetFileSystemEntries(Run).Select(Path.GetFileName));
    }

    private void Begin()
    {
        using var run = RunDirectory.Open(Run, TinyRun.Configuration());
        run.Begin(saved: true);
    }

    private string Refusal(params string[] set)
    {
        var error = Assert.ThrowsAny<ReverieException>(() => RunDirectory.Open(Run, TinyRun.Configuration(set)));
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
