using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Replay.Data;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;
using Reverie.Training;

namespace Reverie.Tests.Environments;

/// <summary>Several actions at once, from what an agent gives to what the environment takes, and in files.</summary>
public sealed class GroupedActionsTests
{
    private static readonly GroupedSpace Own =
        new(new DiscreteSpace(3), new BoxSpace([0, -2], [10, 2]), new DiscreteSpace(2));

    [Fact]
    public void BoundsAreMappedAndChoicesAreLeft()
    {
        var spaces = new SpacesEnvironment(new ImageSpace(), Own);
        using var environment = NormalizeActions.Wrap(spaces);
        Assert.Equal(new GroupedSpace(new DiscreteSpace(3), BoxSpace.Uniform(2, -1, 1), new DiscreteSpace(2)),
            environment.ActionSpace);
        environment.Reset();
        environment.Step([0, 1, 0, -1, 0.5f, 1, 0]);
        Assert.Equal([0, 1, 0, 0, 1, 1, 0], spaces.Done);
        Assert.Same(spaces, NormalizeActions.Wrap(new SpacesEnvironment(new ImageSpace(),
            new GroupedSpace(new DiscreteSpace(3), new DiscreteSpace(2)))) is SpacesEnvironment ? spaces : null);
    }

    [Theory]
    [InlineData(new float[] { 1, 0, 0, 0, 0, 1, 0 }, null)]
    [InlineData(new float[] { 1, 0, 0, 0, 0, 1 }, "7 numbers are due, not 6")]
    [InlineData(new float[] { 1, 1, 0, 0, 0, 1, 0 }, "group 0: one of 3 choices is due as a one-hot vector, not [1, 1, 0]")]
    [InlineData(new float[] { 1, 0, 0, 11, 0, 1, 0 }, "group 1: entry 0 is 11; it goes from 0 to 10")]
    [InlineData(new float[] { 1, 0, 0, 0, 0, 0, 0 }, "group 2: one of 2 choices is due")]
    public void AnActionMustFitInEveryGroup(float[] action, string? fault)
    {
        var told = RowRule.FaultOf(action, Own);
        if (fault is null) Assert.Null(told);
        else Assert.StartsWith(fault, told);
    }

    [Fact]
    public void AFaultNamesTheGroup()
    {
        Assert.Empty(SpaceRule.FaultsOfAction(Own));
        Assert.Equal(["group 1 of its actions: entry 0 of its action box goes from 1 to 0: a lower bound may not lie above "
            + "the upper one"], SpaceRule.FaultsOfAction(new GroupedSpace(new DiscreteSpace(2), new BoxSpace([1], [0]))));
        Assert.Contains("has groups of its own",
            Assert.Single(SpaceRule.FaultsOfAction(new GroupedSpace(new GroupedSpace(new DiscreteSpace(2))))));
        Assert.Contains("have 20000 entries; 16384 are the most", Assert.Single(
            SpaceRule.FaultsOfAction(new GroupedSpace(new DiscreteSpace(10_000), new DiscreteSpace(10_000)))));
        Assert.Contains("neither a box nor discrete", Assert.Single(SpaceRule.FaultsOfAction(new GroupedSpace())));
    }

    [Fact]
    public void AFileSaysWhatTheGroupsAreAndDataLearnsFromIt()
    {
        using var folder = new TemporaryDirectory();
        var layout = EpisodeLayout.From(BoxSpace.Uniform(2, -1, 1), NormalizeActions.Outer(Own));
        Assert.Equal("image none, vector 2, action 3 one-hot + 2 + 2 one-hot", $"{layout}");
        var episode = Played(layout);
        EpisodeArchive.Write(folder["a.npz"], episode);
        var read = EpisodeArchive.Read(folder["a.npz"]);
        Assert.Equal(layout, read.Layout);
        Assert.True(layout.Accepts(read));
        Assert.False((layout with { Groups = new((3, true), (4, false)) }).Accepts(read) && read.Layout.Groups.Count == 2);
        var report = new DataFolder(folder.Path).Demand();
        Assert.Equal(layout, report.Layout);
        Assert.Equal(episode.Action, Assert.Single(new DataFolder(folder.Path).Read(report, layout)).Action);
        Assert.Equal(layout.Groups.ToSpace(), OfflineTasks.Spaces(report.Layout!).Action);

        Put(folder["b.npz"], episode, new NpyArray(new[] { 3, -2, 3 }, 3));
        Assert.Contains("do not make up the 7 entries of 'action'",
            Assert.ThrowsAny<ReverieException>(() => new DataFolder(folder.Path).Demand()).Message);
        Assert.Contains("'action_groups' are", Assert.Throws<InvalidDataException>(
            () => EpisodeArchive.Read(folder["b.npz"])).Message);
        Put(folder["b.npz"], episode, new NpyArray(new[] { 2, -3, 2 }, 3));
        Assert.Contains("it is not one-hot in every choice of 2 one-hot + 3 + 2 one-hot",
            Assert.ThrowsAny<ReverieException>(() => new DataFolder(folder.Path).Demand()).Message);
    }

    [Fact]
    public void AFileOfOneGroupIsAsItWas()
    {
        using var folder = new TemporaryDirectory();
        var layout = EpisodeLayout.From(BoxSpace.Uniform(2, -1, 1), new DiscreteSpace(7));
        EpisodeArchive.Write(folder["a.npz"], Played(layout));
        using var file = NpzFile.Open(folder["a.npz"]);
        Assert.DoesNotContain(EpisodeArchive.Groups, file.Keys);
    }

    private static void Put(string path, Episode episode, NpyArray groups) => Npz.Write(path,
    [
        new("vector", new(episode.Vector, episode.Rows, 2)), new("action", new(episode.Action, episode.Rows, 7)),
        new(EpisodeArchive.Groups, groups), new("reward", new(episode.Reward, episode.Rows)),
        new("is_first", new(episode.IsFirst, episode.Rows)), new("is_last", new(episode.IsLast, episode.Rows)),
        new("is_terminal", new(episode.IsTerminal, episode.Rows)),
    ]);

    private static Episode Played(EpisodeLayout layout)
    {
        var recorder = new EpisodeRecorder(layout);
        var (random, space) = (new RandomSource(1), layout.Groups.ToSpace());
        recorder.Begin(new TimeStep { Image = [], Vector = [0, 0], IsFirst = true });
        for (var t = 1; t <= 5; t++)
        {
            // Once every choice of the first group, so that no other way to cut the vector fits.
            var action = RandomAction.Draw(space, random);
            if (layout.Groups.Count > 1) (action[0], action[1], action[2]) = (t % 3 == 0 ? 1 : 0, t % 3 == 1 ? 1 : 0, t % 3 == 2 ? 1 : 0);
            recorder.Add(action, new TimeStep { Image = [], Vector = [t, 1], Reward = t, IsLast = t == 5 });
        }
        return recorder.Finish();
    }
}
