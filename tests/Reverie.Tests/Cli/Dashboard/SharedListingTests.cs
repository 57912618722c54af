using Reverie.Cli.Dashboard;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Tests.Fakes;
using Xunit.Abstractions;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>Many who ask at once.</summary>
public sealed class SharedListingTests(ITestOutputHelper output) : IDisposable
{
    private readonly RunsOnDisk disk = new();

    public void Dispose() => disk.Dispose();

    [Fact]
    public async Task AllWhoAskWhileItIsReadAreGivenOneList()
    {
        using var go = new ManualResetEventSlim();
        var read = 0;
        var listing = new SharedListing(() =>
        {
            Interlocked.Increment(ref read);
            go.Wait();
            return [];
        });
        var asked = Enumerable.Range(0, 100).Select(_ => listing.ListAsync()).ToArray();
        go.Set();
        var lists = await Task.WhenAll(asked);
        Assert.Equal(1, read);
        Assert.All(lists, list => Assert.Same(lists[0], list));
    }

    [Fact]
    public async Task AListThatFailedIsReadAgain()
    {
        var read = 0;
        var listing = new SharedListing(() => ++read == 1 ? throw new IOException("gone") : []);
        await Assert.ThrowsAsync<IOException>(listing.ListAsync);
        while (read == 1)
            try
            {
                await listing.ListAsync();
            }
            catch (IOException)
            {
                // The list of a moment ago is still the one.
            }
        Assert.Equal(2, read);
    }

    /// <summary>Every page takes the list from its own stream; all are there at once.</summary>
    [Fact]
    public async Task ThirtyTwoPagesOpenedAtOnceAreToldTheList()
    {
        var slowest = await OpenPages(pages: 32, runs: 20);
        output.WriteLine($"32 pages, 20 runs: the last is told after {slowest.TotalSeconds:0.00} s");
    }

    [LongFact, Trait("Length", "long")]
    public async Task PagesOpenedAtOnce()
    {
        foreach (var pages in new[] { 1, 8, 32, 100 })
        {
            var slowest = await OpenPages(pages, runs: 200);
            output.WriteLine($"{pages} pages, 200 runs: the last is told after {slowest.TotalSeconds:0.00} s");
        }
    }

    [Fact]
    public async Task AStreamTooManyIsRefusedInALine()
    {
        disk.Add("one", returns: 1);
        using var server = DashboardServer.Start(new DashboardOptions { Folder = disk.Folder });
        using var client = new HttpClient();
        var streams = new List<HttpResponseMessage>();
        HttpResponseMessage last;
        do
        {
            last = await client.GetAsync(server.Address + "api/live", HttpCompletionOption.ResponseHeadersRead);
            streams.Add(last);
        }
        while (last.IsSuccessStatusCode && streams.Count < 1000);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, last.StatusCode);
        Assert.Equal($"{streams.Count - 1} pages are open already; close one of them\n",
            await last.Content.ReadAsStringAsync());
        streams.ForEach(stream => stream.Dispose());
    }

    private async Task<TimeSpan> OpenPages(int pages, int runs)
    {
        for (var i = 0; i < runs; i++)
            if (!Directory.Exists(Path.Combine(disk.Folder, $"r{i}")))
                disk.Add($"r{i}", seed: i, returns: [1, 2, 3]);
        using var server = DashboardServer.Start(new DashboardOptions { Folder = disk.Folder });
        using var client = new HttpClient();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var told = await Task.WhenAll(Enumerable.Range(0, pages).Select(_ => Task.Run(async () =>
        {
            await using var stream = await client.GetStreamAsync($"{server.Address}api/live?run=r0");
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { } line)
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                    return (line, clock.Elapsed);
            return ("", clock.Elapsed);
        })));
        Assert.All(told, one => Assert.Contains($"\"id\":\"r{runs - 1}\"", one.Item1));
        return told.Max(one => one.Elapsed);
    }
}
