using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Replay;

public sealed class EpisodeStoreTests
{
    [Fact]
    public void EpisodesComeBackAsTheyWere()
    {
        using var directory = new TemporaryDirectory();
        var store = new EpisodeStore(directory.Path);
        var episode = Episodes.Counting(7, terminates: true);
        var back = store.TryRead(store.Write(episode))!;
        Assert.Equal(episode.Layout, back.Layout);
        Assert.Equal(episode.Image, back.Image);
        Assert.Equal(episode.Vector, back.Vector);
        Assert.Equal(episode.Action, back.Action);
        Assert.Equal(episode.Reward, back.Reward);
        Assert.Equal(episode.IsFirst, back.IsFirst);
        Assert.Equal(episode.IsLast, back.IsLast);
        Assert.Equal(episode.IsTerminal, back.IsTerminal);
    }

    [Fact]
    public void KeysAndShapesAreThoseThatOthersRead()
    {
        using var directory = new TemporaryDirectory();
        var store = new EpisodeStore(directory.Path);
        var arrays = Npz.Read(store.PathOf(store.Write(Episodes.Counting(7))));
        Assert.Equal(["image", "vector", "action", "reward", "is_first", "is_last", "is_terminal"], arrays.Keys);
        Assert.Equal([8, 2, 3, 3], arrays["image"].Shape);
        Assert.Equal(typeof(byte), arrays["image"].ElementType);
        Assert.Equal([8, 2], arrays["action"].Shape);
        Assert.Equal(typeof(bool), arrays["is_last"].ElementType);
    }

    [Fact]
    public void CountsComeFromNamesAlone()
    {
        using var directory = new TemporaryDirectory();
        var names = new[] { "000000-00000000-100.npz", "000007-0123abcd-25.npz" };
        foreach (var name in names)
            File.WriteAllBytes(directory[name], []);
        var store = new EpisodeStore(directory.Path);
        Assert.Equal((2, 125L, 8), (store.Episodes, store.Decisions, store.NextNumber));
        Assert.Equal(names, store.Manifest.Files);
    }

    [Fact]
    public void NamesFollowFromTheSeed()
    {
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        var episode = Episodes.Counting(3);
        var names = Enumerable.Range(0, 2).Select(_ => new EpisodeStore(first.Path, seed: 5).Write(episode).Name);
        var again = Enumerable.Range(0, 2).Select(_ => new EpisodeStore(second.Path, seed: 5).Write(episode).Name);
        Assert.Equal(names.ToArray(), again.ToArray());
        Assert.NotEqual(EpisodeFile.IdOf(5, 0), EpisodeFile.IdOf(6, 0));
        Assert.NotEqual(EpisodeFile.IdOf(5, 0), EpisodeFile.IdOf(5, 1));
    }

    [Theory]
    [InlineData("000012-9f3c01ab-125.npz", true)]
    [InlineData("1000000-9f3c01ab-125.npz", true)]
    [InlineData("000012-9f3c01ab-0.npz", false)]
    [InlineData("000012-9f3c01ab--5.npz", false)]
    [InlineData("000012-9F3C01AB-125.npz", false)]
    [InlineData("000012-125.npz", false)]
    [InlineData("000012-9f3c01ab-125.npz.partial", false)]
    public void OnlyNamesOfEpisodesAreRead(string name, bool valid)
    {
        var file = EpisodeFile.TryParse(name);
        Assert.Equal(valid, file is not null);
        Assert.Equal(valid ? name : null, file?.Name);
    }

    [Fact]
    public void ACorruptFileIsSetAsideAndSaid()
    {
        using var directory = new TemporaryDirectory();
        var lines = new List<string>();
        var store = new EpisodeStore(directory.Path, seed: 0, report: lines.Add);
        var file = store.Write(Episodes.Counting(7));
        store.Write(Episodes.Counting(8));
        var path = store.PathOf(file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^30]);
        Assert.Null(store.TryRead(file));
        Assert.Contains(path, Assert.Single(lines));
        Assert.True(File.Exists(path + ".corrupt") && !File.Exists(path));
        Assert.Equal((1, 8L), (store.Episodes, store.Decisions));
    }

    [Fact]
    public void TheNumberOfACorruptFileIsNotGivenAgain()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory["000004-00000000-9.npz.corrupt"], []);
        Assert.Equal(5, new EpisodeStore(directory.Path).NextNumber);
    }

    [Fact]
    public void ALengthThatDiffersFromTheNameIsCorrupt()
    {
        using var directory = new TemporaryDirectory();
        EpisodeArchive.Write(directory["000000-00000000-9.npz"], Episodes.Counting(7));
        var store = new EpisodeStore(directory.Path);
        Assert.Null(store.TryRead(store.Files[0]));
        Assert.Empty(store.Files);
    }

    [Theory]
    [InlineData("is_last", "is_last")]
    [InlineData("reward", "reward")]
    public void AFileThatBreaksTheContractOfRowsIsRefused(string key, string word)
    {
        using var directory = new TemporaryDirectory();
        var path = directory["000000-00000000-7.npz"];
        EpisodeArchive.Write(path, Episodes.Counting(7));
        var arrays = Npz.Read(path);
        if (key == "reward")
            arrays[key].As<float>()[0] = 1;
        else
            arrays[key].As<bool>()[3] = true;
        Npz.Write(path, arrays);
        var error = Assert.Throws<InvalidDataException>(() => EpisodeArchive.Read(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(word, error.Message);
    }

    [Fact]
    public void GoingBackToACheckpointLeavesItsEpisodesOnly()
    {
        using var directory = new TemporaryDirectory();
        var store = new EpisodeStore(directory.Path, seed: 3);
        store.Write(Episodes.Counting(4));
        var gone = store.Write(Episodes.Counting(5));
        var manifest = store.Manifest;
        var later = store.Write(Episodes.Counting(6));
        File.Delete(store.PathOf(gone));

        var lines = new List<string>();
        var resumed = new EpisodeStore(directory.Path, seed: 3, lines.Add);
        resumed.TruncateTo(manifest);
        Assert.Equal([manifest.Files[0]], resumed.Files.Select(file => file.Name));
        Assert.Contains(gone.Name, Assert.Single(lines));
        Assert.False(File.Exists(store.PathOf(later)));
        Assert.Equal(later, resumed.Write(Episodes.Counting(6)));
    }

    [Fact]
    public void ADirectoryThatCannotBeUsedIsOneLine()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["file"], "");
        Assert.Contains(directory["file"],
            Assert.ThrowsAny<ReverieException>(() => new EpisodeStore(directory["file"])).Message);
    }
}
