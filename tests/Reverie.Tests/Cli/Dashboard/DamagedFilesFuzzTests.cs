using System.Net;
using System.Text;
using Reverie.Cli.Dashboard;
using Reverie.Cli.Dashboard.Endpoints;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>Files of a run with bytes changed, lost, doubled and added, by seed: whatever they hold, every request is
/// answered, with what can be read or with a line.</summary>
public sealed class DamagedFilesFuzzTests : IDisposable
{
    private static readonly string[] Words =
        ["null", "[null]", "{}", "[]", "-1", "1e999", "\"\"", "\"\\ud800\"", "NaN", ": ", "  # ", "\n", "{", "}", "\"",
         "\0", "99999999999999999999", "\"return\":", "\"kind\":\"", "presets", ","];

    private readonly RunsOnDisk disk = new();
    private readonly HttpClient client = new();

    public void Dispose()
    {
        client.Dispose();
        disk.Dispose();
    }

    [Fact]
    public Task WhateverTheFilesOfARunHoldEveryRequestIsAnswered() => Fuzz(15);

    [LongFact, Trait("Length", "long")]
    public Task WhateverTheFilesOfARunHoldEveryRequestIsAnsweredOften() => Fuzz(
        int.Parse(Environment.GetEnvironmentVariable("REVERIE_FUZZ") ?? "2000",
            System.Globalization.CultureInfo.InvariantCulture));

    private async Task Fuzz(int cases)
    {
        var run = disk.Add("bad", returns: [1, 2, 3]);
        disk.Add("good", returns: [1, 2]);
        RunsOnDisk.Checkpoint(run, 10, """, "done": false, "goals": [{"counter": "updates", "total": 9}]""");
        RecordedRun.AddEvaluations(run);
        var files = Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).ToDictionary(path => path, File.ReadAllBytes);
        using var server = DashboardServer.Start(new DashboardOptions { Folder = disk.Folder });
        foreach (var path in Requests)
            await Demand(server, path, "nothing changed", whole: true);
        for (var seed = 0; seed < cases; seed++)
            foreach (var (path, bytes) in files)
            {
                await File.WriteAllBytesAsync(path, Damage(bytes, new Random(seed)));
                foreach (var request in Requests)
                    await Demand(server, request, $"seed {seed}, {Path.GetRelativePath(run, path)}");
                await File.WriteAllBytesAsync(path, bytes);
            }
    }

    private static string[] Requests { get; } =
    [
        "settings?run=bad", "machine?run=bad", "series?run=bad", "series?run=bad&axis=updates&from=100&to=200",
        "evaluations?run=bad", "dream?run=bad&at=6", "dream.png?run=bad&at=6", "episode?run=bad&at=6",
        "episode.png?run=bad&at=6", "foresight?run=bad&at=6", "foresight.png?run=bad&at=6",
        "video?run=bad&name=film.gif", "video?run=bad&name=film.png",
    ];

    private async Task Demand(DashboardServer server, string path, string what, bool whole = false)
    {
        using var answer = await client.GetAsync($"{server.Address}api/{path}");
        var said = await answer.Content.ReadAsStringAsync();
        if (whole || answer.StatusCode != HttpStatusCode.NotFound)
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{what}: {path}: {(int)answer.StatusCode} {said}");
        else
            Assert.True(said.TrimEnd().Length > 0 && !said.TrimEnd().Contains('\n'), $"{what}: {path}: {said}");
        if (path != Requests[0])
            return;
        // The list is shared and may be of a moment ago, so it is read here anew.
        var runs = new RunCatalog(new(disk.Folder)).List();
        Assert.True(runs.Count == 2, $"{what}: {runs.Count} runs");
        Assert.All(runs, run => Assert.False(
            run.Damage?.StartsWith(WatchedRun.CannotBeRead, StringComparison.Ordinal) ?? false,
            $"{what}: {run.Damage}"));
        _ = Answer.Write(runs);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var all = bytes.ToList();
        for (var times = 1 + random.Next(3); times > 0 && all.Count > 0; times--)
        {
            var at = random.Next(all.Count);
            var length = Math.Min(random.Next(1, 40), all.Count - at);
            switch (random.Next(7))
            {
                case 0: all[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: all.RemoveRange(at, all.Count - at); break;
                case 2: all.RemoveRange(at, length); break;
                case 3: all.InsertRange(at, all.GetRange(at, length)); break;
                case 4: all.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)])); break;
                case 5: all[at] = (byte)random.Next(256); break;
                default: all.RemoveRange(at, length); goto case 4;
            }
        }
        return [.. all];
    }
}
