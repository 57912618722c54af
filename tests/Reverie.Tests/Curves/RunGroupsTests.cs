using Reverie.Curves;

namespace Reverie.Tests.Curves;

public sealed class RunGroupsTests
{
    [Fact]
    public void AcrossTasksNamesSayNothingOfTheTask()
    {
        CurveRun[] runs = [Run("catch-planet-seed1", ("task", "catch"), ("agent", "planet")),
            Run("walk-planet-seed2", ("task", "walk"), ("agent", "planet")), Run("mine", ("task", "walk"), ("agent", "dreamer"))];
        Assert.Equal(["planet", "planet", "mine"], RunGroups.AcrossTasks(runs, []).Select(run => run.Name));
        Assert.Equal(["agent=planet", "agent=planet", "agent=dreamer"],
            RunGroups.AcrossTasks(runs, ["task", "agent"]).Select(run => run.Name));
        Assert.Equal(["all", "all", "all"], RunGroups.AcrossTasks(runs, ["task"]).Select(run => run.Name));
        Assert.Contains("did you mean agent?",
            Assert.ThrowsAny<ReverieException>(() => RunGroups.AcrossTasks(runs, ["agnet"])).Message);
    }

    private static CurveRun Run(string name, params (string Key, string Value)[] settings) =>
        new(name, []) { Settings = settings.ToDictionary(pair => pair.Key, pair => pair.Value) };

    [Fact]
    public void WithoutKeysNamesLoseTheirSeedWhereThereAreSeveral()
    {
        Assert.Equal(["a", "a", "b-seed1-x"],
            RunGroups.By([Run("a-seed1"), Run("a-seed22"), Run("b-seed1-x")], []).Select(run => run.Name));
        Assert.Equal("a-seed1", RunGroups.By([Run("a-seed1")], [])[0].Name);
    }

    [Fact]
    public void KeysNameRunsByTheirValuesAlsoThoseFromBeforeTheKey()
    {
        CurveRun[] runs = [Run("x", ("agent", "planet"), ("model.deter", "200")), Run("y", ("agent", "dreamer"))];
        Assert.Equal(["agent=planet, model.deter=200", "agent=dreamer, model.deter=(none)"],
            RunGroups.By(runs, ["agent", "model.deter"]).Select(run => run.Name));
        Assert.Contains("did you mean agent?",
            Assert.ThrowsAny<ReverieException>(() => RunGroups.By(runs, ["agnet"])).Message);
        Assert.Contains("bare has no config.yaml",
            Assert.ThrowsAny<ReverieException>(() => RunGroups.By([Run("bare")], ["agent"])).Message);
    }

    [Fact]
    public void RunsOfSeveralTasksNeverGetOneName()
    {
        CurveRun[] runs =
        [
            Run("a-seed1", ("agent", "planet"), ("task", "catch")), Run("a-seed2", ("agent", "planet"), ("task", "catch")),
            Run("b-seed1", ("agent", "planet"), ("task", "cheetah_run")), Run("c", ("agent", "dreamer"), ("task", "catch")),
        ];
        Assert.Equal(["agent=planet, task=catch", "agent=planet, task=catch", "agent=planet, task=cheetah_run",
            "agent=dreamer"], RunGroups.By(runs, ["agent"]).Select(run => run.Name));
        Assert.Equal(["a, task=catch", "a, task=(unknown)"],
            RunGroups.By([Run("a-seed1", ("task", "catch")), Run("a-seed2")], []).Select(run => run.Name));
    }
}
