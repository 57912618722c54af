using System.Text;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>What is wrong with one run is said of that run, and the others are shown.</summary>
public sealed class DamagedRunTests : IDisposable
{
    private readonly RunsOnDisk disk = new();

    public void Dispose() => disk.Dispose();

    [Theory]
    [InlineData("run.json", "{\"presets\":\"small\"}", "run.json: 'presets' is no list of names")]
    [InlineData("run.json", "{\"presets\":[[1]]}", "run.json: 'presets' is no list of names")]
    [InlineData("run.json", "{\"action_names\":[[1]]}", "run.json: 'action_names' is no list of names")]
    [InlineData("run.json", "{\"task\":{}}", "run.json: 'task' is no word")]
    [InlineData("run.json", "{\"seed\":1,\"seed\":2}", "run.json: Duplicate property 'seed'")]
    [InlineData("run.json", "{\"task\":\"\\ud800\"}", "run.json: ")]
    [InlineData("run.json", "[1]", "run.json: holds no object")]
    [InlineData("run.json", "", "run.json: ")]
    [InlineData("config.yaml", "agent: planet  # preset planet:2\ntask\n", "config.yaml: line 2 is no setting")]
    [InlineData("config.yaml", "agent  # planet: 2\n", "config.yaml: line 1 is no setting")]
    [InlineData("config.yaml", "agent: pla\u0001net\n", "config.yaml: line 1 is no setting")]
    [InlineData("state.json", "{\"log_position\":1,\"goals\":[null]}", "state.json: one of its goals is none: null")]
    [InlineData("state.json", "{\"log_position\":1,\"goals\":[{\"counter\":null,\"total\":1}]}", "state.json: ")]
    [InlineData("state.json", "{\"log_position\":1,\"goals\":[{\"counter\":\"hours\",\"total\":1}]}",
        "state.json: one of its goals is none")]
    [InlineData("state.json", "{\"log_position\":-1}", "state.json: log_position is -1")]
    [InlineData("state.json", "{}", "state.json: ")]
    public void ADamagedFileIsToldOfItsRunAlone(string file, string content, string damage)
    {
        var run = disk.Add("bad", returns: [1, 2]);
        disk.Add("good", returns: [3, 4]);
        RunsOnDisk.Checkpoint(run, 10);
        File.WriteAllText(PathOf(run, file), content);

        var runs = new RunCatalog(new RunsFolder(disk.Folder)).List().ToDictionary(one => one.Id);
        Assert.Equal((RunState.Damaged, 2.0), (runs["bad"].State, runs["bad"].Return));
        Assert.StartsWith(damage, runs["bad"].Damage);
        Assert.DoesNotContain('\n', runs["bad"].Damage!);
        Assert.Equal((RunState.Crashed, null), (runs["good"].State, runs["good"].Damage));
    }

    [Theory]
    [InlineData("config.yaml", "pipe", "config.yaml: is a pipe, not a file")]
    [InlineData("run.json", "pipe", "run.json: is a pipe, not a file")]
    [InlineData("metrics.jsonl", "pipe", "metrics.jsonl: is a pipe, not a file")]
    [InlineData("state.json", "pipe", "state.json: is a pipe, not a file")]
    [InlineData("config.yaml", "hole", "config.yaml: has 10737418240 bytes, more than the")]
    [InlineData("run.json", "hole", "run.json: has 10737418240 bytes, more than the")]
    [InlineData("metrics.jsonl", "hole", "metrics.jsonl: has 10737418240 bytes, more than the")]
    [InlineData("state.json", "hole", "state.json: has 10737418240 bytes, more than the")]
    [InlineData("config.yaml", "link", "config.yaml: leads out of the folder that is shown")]
    [InlineData("run.json", "link", "run.json: leads out of the folder that is shown")]
    [InlineData("metrics.jsonl", "link", "metrics.jsonl: leads out of the folder that is shown")]
    [InlineData("state.json", "link", "state.json: leads out of the folder that is shown")]
    public async Task FilesThatAreNoneOfTheRunAreNotOpened(string file, string kind, string damage)
    {
        var run = disk.Add("runs/bad", returns: 1);
        var other = disk.Add("other", returns: 5);
        RunsOnDisk.Checkpoint(run, 10);
        RunsOnDisk.Checkpoint(other, 10);
        File.Delete(PathOf(run, file));
        if (kind == "link")
            File.CreateSymbolicLink(PathOf(run, file), PathOf(other, file));
        else if (kind == "hole")
            using (var grown = File.Create(PathOf(run, file)))
                grown.SetLength(10L << 30);
        else
            using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [PathOf(run, file)]))
                await mkfifo.WaitForExitAsync();

        var shown = Path.Combine(disk.Folder, "runs");
        var catalog = new RunCatalog(new RunsFolder(shown));
        var found = Assert.Single(catalog.List());
        Assert.Contains(damage, found.Damage);
        Assert.NotEqual(5, found.Return);
        if (file == "metrics.jsonl")
            await Assert.ThrowsAsync<IOException>(
                () => catalog.Find("bad").WithMetricsAsync(log => log.Position, default));
    }

    [Fact]
    public void AFileThatMayBeReadAgainIsReadAgain()
    {
        var run = disk.Add("one", returns: 1);
        var catalog = new RunCatalog(new RunsFolder(disk.Folder));
        var path = Path.Combine(run, "config.yaml");
        var (text, written) = (File.ReadAllText(path), File.GetLastWriteTimeUtc(path));
        File.WriteAllText(path, text.Replace("agent:", "agent;", StringComparison.Ordinal), Encoding.UTF8);
        File.SetLastWriteTimeUtc(path, written);
        Assert.Equal(RunState.Damaged, catalog.List()[0].State);
        File.WriteAllText(path, text, Encoding.UTF8);
        File.SetLastWriteTimeUtc(path, written);
        Assert.Equal(RunState.Crashed, catalog.List()[0].State);
    }

    private static string PathOf(string run, string file) =>
        file == "state.json" ? Path.Combine(run, "checkpoints/000000100", file) : Path.Combine(run, file);
}
