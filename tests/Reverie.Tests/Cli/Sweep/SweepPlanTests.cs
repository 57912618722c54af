using Reverie.Cli.Sweep;
using Reverie.Configuration;
using Reverie.Environments.Games;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli.Sweep;

public sealed class SweepPlanTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public SweepPlanTests() => GameTasks.Register();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("1-3", "1-3")]
    [InlineData("7", "7")]
    [InlineData("1,2,3,10", "1-3,10")]
    [InlineData("3-3,1", "3,1")]
    public void SeedsAreReadAndWritten(string typed, string written) =>
        Assert.Equal(written, Seeds.Text(Seeds.Parse(typed, "--seeds")));

    [Theory]
    [InlineData("")]
    [InlineData("3-1")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1,,2")]
    [InlineData("a-b")]
    [InlineData("0-99999999")]
    [InlineData("1-3,2")]
    public void WhatAreNoSeedsIsRefused(string typed) =>
        Assert.StartsWith("--seeds: ", Assert.ThrowsAny<ReverieException>(() => Seeds.Parse(typed, "--seeds")).Message);

    [Fact]
    public void AllTasksSeedsAndValuesMakeARunEach()
    {
        var plan = new SweepPlan(folder["s"],
        [
            new("planet,tiny", null, ["catch", "take_cover"], [1, 2],
                [SweptValue.Parse("model.deter=20,30"), SweptValue.Parse("training.test_at=[100, 200]")]),
            new("dreamer,tiny", null, ["catch"], [5], [SweptValue.Parse("training.test_episodes=3")]),
        ]);
        var runs = plan.Runs();
        Assert.Equal(9, runs.Count);
        Assert.Equal(["catch-planet-tiny-deter=20-seed1", "catch-planet-tiny-deter=20-seed2", "catch-planet-tiny-deter=30-seed1"],
            runs.Take(3).Select(run => run.Name));
        Assert.Equal("catch-dreamer-tiny-seed5", runs[^1].Name);
        var config = runs[2].Resolved.Config;
        Assert.Equal((30, 1, "catch", 10), (config.Model.Deter, config.Seed, config.Task, config.Training.TestEpisodes));
        Assert.Equal([100, 200], config.Training.TestAt);
        Assert.Equal(3, runs[^1].Resolved.Config.Training.TestEpisodes);
        Assert.False(Directory.Exists(folder["s"]));
    }

    [Theory]
    [InlineData("planet,tiny", "planet")]
    [InlineData("tiny", "dreamerv3")]
    public void TheWordsOfARunComeToItsSettings(string preset, string agent)
    {
        var run = new SweepPlan(folder["s"], [new(preset, null, ["catch"], [4],
            [SweptValue.Parse("model.deter=20,40"), SweptValue.Parse("training.test_at=[100]")])]).Runs()[1];
        var verb = (Reverie.Cli.Commands.TrainVerb)Reverie.Cli.CommandLine.Root().Subcommands.Single(one => one.Name == "train");
        var parsed = verb.Parse([.. run.Words.Skip(1)]);
        Assert.Empty(parsed.Errors);
        var options = new Reverie.Cli.Commands.RunOptions();
        var own = new System.CommandLine.Command("train");
        options.AddTo(own);
        var (place, resolved, _) = options.Resolve(own.Parse([.. run.Words.Skip(1)]));
        Assert.Equal((run.Folder, run.Resolved.Config, agent), (place, resolved.Config, resolved.Config.Agent));
    }

    [Theory]
    [InlineData("planet,tiny", "catch", "model.deter=0", "--set: model.deter = 0")]
    [InlineData("planet,tiny", "catch", "model.detre=20", "no key model.detre; did you mean model.deter?")]
    [InlineData("planet,teeny", "catch", "model.deter=20", "no preset teeny; did you mean tiny?")]
    [InlineData("planet,tiny", "cach", "model.deter=20", "did you mean catch?")]
    public void WhatCannotRunIsToldBeforeAnythingDoes(string preset, string task, string set, string told)
    {
        var plan = new SweepPlan(folder["s"], [new(preset, null, [task], [1], [SweptValue.Parse(set)])]);
        Assert.Contains(told, Assert.ThrowsAny<ReverieException>(() => plan.Runs()).Message);
        Assert.False(Directory.Exists(folder["s"]));
    }

    [Theory]
    [InlineData("model.deter=")]
    [InlineData("model.deter=1,")]
    [InlineData("model.deter=1,1")]
    [InlineData("seed=1,2")]
    [InlineData("task=catch")]
    [InlineData("agent=dreamer")]
    public void WhatAreNoValuesIsRefused(string set) => Assert.ThrowsAny<ReverieException>(() => SweptValue.Parse(set));

    [Fact]
    public void TwoPartsThatMeanOneFolderAreRefused()
    {
        SweepPart part = new("planet,tiny", null, ["catch"], [1], [SweptValue.Parse("model.deter=20")]);
        var plan = new SweepPlan(folder["s"], [part, part with { Set = [SweptValue.Parse("model.deter=30")] }]);
        Assert.Contains("two runs would have the name catch-planet-tiny-seed1",
            Assert.ThrowsAny<ReverieException>(() => plan.Runs()).Message);
    }

    [Fact]
    public void ARunThatIsThereWithOtherSettingsIsToldBeforeAnythingRuns()
    {
        var plan = new SweepPlan(folder["s"], [new("planet,tiny", null, ["catch"], [1, 2], [])]);
        var run = plan.Runs()[1];
        Directory.CreateDirectory(run.Folder);
        File.WriteAllText(Path.Combine(run.Folder, "config.yaml"), run.Resolved.ToYaml().Replace("deter: ", "deter: 1"));
        Assert.Contains("this run was started with model.deter", Assert.ThrowsAny<ReverieException>(() => plan.Runs()).Message);
    }

    [Theory]
    [InlineData("model.deter=20,30,20", "model.deter has one value twice: 20, 20")]
    [InlineData("model.deter=8,30,08,8.0", "model.deter has one value twice: 8, 08, 8.0")]
    [InlineData("training.test_at=[1, 2],[1,2.0]", "training.test_at has one value twice: [1, 2], [1,2.0]")]
    public void ValuesThatAreOneRunAreTold(string swept, string told) =>
        Assert.EndsWith(told, Assert.ThrowsAny<ReverieException>(() => SweptValue.Parse(swept)).Message);

    [Fact]
    public void AListOfTasksThatOneRunLearnsIsReadBackAsOne()
    {
        var plan = new SweepPlan(folder["s"], [new("dreamer,tiny", null, ["cartpole_swingup,cartpole_balance", "cartpole_swingup"], [1], [])]);
        SweepFile.Write(plan);
        Assert.Equal(plan.Parts[0].Tasks, SweepFile.Read(folder["s"])[0].Tasks);
    }

    [Fact]
    public void ANameThatNoFolderCanHaveIsTold()
    {
        var list = SweptValue.Parse($"training.test_at=[{string.Join(", ", Enumerable.Range(1, 80))}],[1]");
        Assert.Contains("which is too long for a folder", Assert.ThrowsAny<ReverieException>(() =>
            new SweepPlan(folder["s"], [new("planet,tiny", null, ["catch"], [1], [list])]).Runs()).Message);
    }

    [Fact]
    public void AFileSaysWhatOptionsSayAndIsReadBack()
    {
        File.WriteAllText(folder["mine.yaml"], """
            # a comment
            runs:
              - preset: planet,tiny
                tasks: [catch, take_cover]
                seeds: 1-2
                set:
                  training.env_steps: 100000
                  model.deter: [20, 30]
                  training.test_at: [100, 200]
              - preset: dreamer,tiny
                tasks: catch
                seeds: [3, 5]
            """);
        var parts = SweepFile.Read(folder["mine.yaml"]);
        Assert.Equal([8, 2], parts.Select(part => part.Runs("s").Count()));
        Assert.Equal([100, 200], parts[0].Runs("s").First().Resolved.Config.Training.TestAt);
        var plan = new SweepPlan(folder["s"], parts);
        SweepFile.Write(plan);
        Assert.Equal(plan.Runs().Select(run => (run.Name, run.Resolved.Config)),
            new SweepPlan(folder["s"], SweepFile.Read(folder["s"])).Runs().Select(run => (run.Name, run.Resolved.Config)));
    }

    [Theory]
    [InlineData("", "this is no sweep")]
    [InlineData("runs: 3", "mine.yaml:1: runs is a list")]
    [InlineData("runs: []", "runs is empty")]
    [InlineData("rns:\n  - preset: a", "mine.yaml:1: there is no key rns; did you mean runs?")]
    [InlineData("runs:\n  - preset: planet,tiny\n    tasks: [catch]", "mine.yaml:2: seeds is missing")]
    [InlineData("runs:\n  - preset: planet,tiny\n    tasks: [catch, catch]\n    seeds: 1", "mine.yaml:3: tasks has one entry twice")]
    [InlineData("runs:\n  - preset: planet,tiny\n    tasks: [catch]\n    seeds: 3-1", "mine.yaml:4: 3-1: write seeds as")]
    [InlineData("runs:\n  - preset: planet,tiny\n    tasks: [catch]\n    seeds: 1\n    set: [1]", "mine.yaml:5: set has keys")]
    [InlineData("runs:\n  - preset: planet,tiny\n    tasks: [catch]\n    seeds: 1\n    set:\n      model.deter: [[1], [2]]", "model.deter is a word")]
    [InlineData("runs: &a\n  - *a", "an alias")]
    [InlineData("runs: [[[[[[[[[[[[[1]]]]]]]]]]]]]", "more than 10 levels")]
    [InlineData("runs: [", "this is no YAML")]
    public void WhatIsNoSweepIsToldWithItsPlace(string text, string told)
    {
        File.WriteAllText(folder["mine.yaml"], text);
        var line = Assert.ThrowsAny<ReverieException>(() => SweepFile.Read(folder["mine.yaml"])).Message;
        Assert.Contains(told, line);
        Assert.DoesNotContain('\n', line);
    }

    [Theory]
    [InlineData("0-3", 2, 0, 0, "0,1")]
    [InlineData("0-3", 2, 1, 0, "2,3")]
    [InlineData("0-3,8", 5, 4, 1, "8")]
    [InlineData("4-7", 2, 1, 1, "5")]
    [InlineData("0", 3, 2, 0, "0")]
    [InlineData("0-1", 3, 2, 1, "0")]
    [InlineData("0-1", 1, 0, 8, "0,1")]
    public void CoresAreSharedOut(string all, int places, int place, int threads, string mine) =>
        Assert.Equal(mine, string.Join(',', Cores.Of(Cores.Parse(all), place, places, threads)));
}
