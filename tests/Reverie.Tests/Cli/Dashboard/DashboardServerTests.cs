using System.Net;
using Reverie.Cli.Dashboard;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class DashboardServerTests : IDisposable
{
    private readonly RunsOnDisk disk = new();
    private readonly HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false });

    public void Dispose()
    {
        client.Dispose();
        disk.Dispose();
    }

    [Fact]
    public async Task ThePageAndItsFilesAreServed()
    {
        using var server = Start();
        Assert.Contains("<title>Reverie</title>", await client.GetStringAsync(server.Address));
        Assert.Contains("Dygraph", await client.GetStringAsync(server.Address + "dygraphs/dygraph.min.js"));
        Assert.Contains(".dygraph-legend", await client.GetStringAsync(server.Address + "dygraphs/dygraph.min.css"));
        Assert.Contains("MIT-licenced", await client.GetStringAsync(server.Address + "dygraphs/LICENSE.txt"));
        Assert.Contains("export const store", await client.GetStringAsync(server.Address + "store.js"));
    }

    [Theory]
    [InlineData("GET", "localhost", null, HttpStatusCode.OK)]
    [InlineData("GET", "[::1]", null, HttpStatusCode.OK)]
    [InlineData("GET", "evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "localhost.evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "192.168.1.2", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "localhost", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("GET", "localhost", "http://localhost", HttpStatusCode.OK)]
    [InlineData("HEAD", "localhost", null, HttpStatusCode.OK)]
    [InlineData("HEAD", "evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("POST", "localhost", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "localhost", null, HttpStatusCode.MethodNotAllowed)]
    public async Task ForeignNamesAndWritingAreRefused(
        string method, string host, string? origin, HttpStatusCode status)
    {
        using var server = Start();
        using var request = new HttpRequestMessage(new HttpMethod(method), server.Address + "api/runs");
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        Assert.Equal(status, (await client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("api/series?run=one&most=abc", "most")]
    [InlineData("api/series?run=one&axis=updates&from=a", "from")]
    [InlineData("api/dream?run=one", "at")]
    [InlineData("api/foresight?run=one", "at")]
    public async Task WhatCannotBeReadOfARequestIsNamed(string request, string named)
    {
        disk.Add("one", returns: 1);
        using var server = Start();
        var answer = await client.GetAsync(server.Address + request);
        var told = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith($"/{request.Split('?')[0]}: ", told);
        Assert.Contains($" {named}\"", told);
        Assert.Single(told.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("api/nothing")]
    [InlineData("favicon.gif")]
    public async Task AnAddressThatIsNoneIsTold(string request)
    {
        using var server = Start();
        var answer = await client.GetAsync(server.Address + request);
        Assert.Equal((HttpStatusCode.NotFound, $"/{request}: the dashboard has no such address; its page is at /\n"),
            (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task AHeadHasNoBody()
    {
        using var server = Start();
        using var request = new HttpRequestMessage(HttpMethod.Head, server.Address);
        var answer = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "text/html", ""),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../other")]
    [InlineData("%2e%2e%2fother")]
    [InlineData("/etc")]
    [InlineData("linked")]
    [InlineData("one/../../other")]
    public async Task RunsOutsideTheFolderAreNone(string run)
    {
        var other = disk.Add("other", returns: 1);
        disk.Add("runs/one", returns: 1);
        File.CreateSymbolicLink(Path.Combine(disk.Folder, "runs/linked"), other);
        using var server = DashboardServer.Start(
            new DashboardOptions { Folder = Path.Combine(disk.Folder, "runs") });
        async Task<HttpStatusCode> Ask(string id) =>
            (await client.GetAsync($"{server.Address}api/machine?run={id}")).StatusCode;
        Assert.Equal(HttpStatusCode.OK, await Ask("one"));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(run));
        Assert.DoesNotContain("linked", await client.GetStringAsync(server.Address + "api/runs"));
    }

    [Fact]
    public async Task WithATokenOnlyWhoKnowsItSeesAnything()
    {
        using var server = DashboardServer.Start(
            new DashboardOptions
            {
                Folder = disk.Folder, Host = "127.0.0.1", Token = AccessToken.Parse("a word of sixteen", "here"),
            });
        var bare = server.Address.Split('?')[0];
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(bare + "api/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized,
            (await client.GetAsync(bare + "?token=a+word+of+fifteen")).StatusCode);

        var welcome = await client.GetAsync(server.Address);    // the client keeps the cookie
        Assert.Equal((HttpStatusCode.Redirect, "/"), (welcome.StatusCode, $"{welcome.Headers.Location}"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(bare + "api/runs")).StatusCode);
    }

    private DashboardServer Start() => DashboardServer.Start(new DashboardOptions { Folder = disk.Folder });
}
