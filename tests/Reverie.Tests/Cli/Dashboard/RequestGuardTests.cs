using System.Net;
using System.Net.Sockets;
using System.Text;
using Reverie.Cli.Dashboard;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>Requests as bytes, since no client would send these.</summary>
public sealed class RequestGuardTests(RequestGuardTests.Servers servers) : IClassFixture<RequestGuardTests.Servers>
{
    private const string Word = "a word of sixteen";

    /// <summary>One that asks for nothing, and one that asks for a token.</summary>
    public sealed class Servers : IDisposable
    {
        private readonly RunsOnDisk disk = new();

        public Servers()
        {
            disk.Add("one", returns: 1);
            Open = DashboardServer.Start(new DashboardOptions { Folder = disk.Folder });
            Closed = DashboardServer.Start(
                new DashboardOptions { Folder = disk.Folder, Token = AccessToken.Parse(Word, "here") });
        }

        internal DashboardServer Open { get; }

        internal DashboardServer Closed { get; }

        public void Dispose()
        {
            Open.Dispose();
            Closed.Dispose();
            disk.Dispose();
        }
    }

    [Theory]
    [InlineData("Host: localhost", 200)]
    [InlineData("Host: LOCALHOST:8420", 200)]
    [InlineData("Host: 127.0.0.1:1", 200)]
    [InlineData("Host: [::1]:65535", 200)]
    [InlineData("Host: localhost:99999", 403)]
    [InlineData("Host: localhost:0", 403)]
    [InlineData("Host: localhost:", 400, 403)]
    [InlineData("Host: localhost:80x", 400, 403)]
    [InlineData("Host: localhost:-1", 400, 403)]
    [InlineData("Host: [localhost]", 400, 403)]
    [InlineData("Host: localhost.evil.example", 403)]
    [InlineData("Host: ", 403)]
    [InlineData("Accept: */*", 400)]
    [InlineData("Host: localhost\r\nHost: localhost", 400)]
    [InlineData("Host: localhost\r\nHost: evil.example", 400)]
    [InlineData("Host: localhost\r\nOrigin: http://localhost", 200)]
    [InlineData("Host: localhost\r\nOrigin: null", 403)]
    [InlineData("Host: localhost\r\nOrigin: ", 403)]
    [InlineData("Host: localhost\r\nOrigin: http://localhost:8420", 403)]
    [InlineData("Host: localhost\r\nOrigin: https://localhost", 403)]
    [InlineData("Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://evil.example", 403)]
    [InlineData("Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: same-origin", 200)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: none", 200)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: cross-site", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: same-site", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site", 403)]
    [InlineData("Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n"
        + "Sec-Fetch-Dest: document", 403)]
    public void OnlyThePageItselfIsAnswered(string headers, params int[] either)
    {
        Assert.Contains(Ask(servers.Open, "/api/runs", headers).Status, either);
    }

    [Theory]
    [InlineData("navigate", "document", 200)]
    [InlineData("navigate", "iframe", 403)]
    [InlineData("no-cors", "image", 403)]
    public void WhoeverFollowsALinkOfAnotherSiteSeesThePage(string mode, string target, int status)
    {
        Assert.Equal(status, Ask(servers.Open, "/", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"
            + $"Sec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {target}").Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//evil.example")]
    [InlineData("//evil.example/%2e%2e")]
    [InlineData("/%5cevil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/api/runs")]
    public void TheTokenLeadsToThePageAndNowhereElse(string path)
    {
        var server = servers.Closed;
        var (status, answer) = Ask(server, $"{path}?token={Uri.EscapeDataString(Word)}", "Host: localhost");
        Assert.Equal(302, status);
        Assert.Contains("\r\nLocation: /\r\n", answer);
        Assert.Equal(401, Ask(server, $"{path}?token=a+word+of+fifteen", "Host: localhost").Status);
        Assert.Equal(401, Ask(server, $"{path}?token=x&token={Uri.EscapeDataString(Word)}", "Host: localhost").Status);
    }

    [Theory]
    [InlineData("/..%2f..%2fetc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/%c0%ae%c0%ae/etc/passwd")]
    [InlineData("/dygraphs/..%2f..%2f..%2fetc/passwd")]
    [InlineData("/dygraphs/%2e%2e/%2e%2e/secret")]
    [InlineData("/..\\..\\secret")]
    [InlineData("/api/machine?run=..%5c..%5csecret")]
    [InlineData("/api/machine?run=%2e%2e%2fsecret")]
    [InlineData("/api/machine?run=%252e%252e%252fsecret")]
    [InlineData("/api/machine?run=one%00")]
    [InlineData("/api/machine?run=%c0%ae%c0%ae%c0%afsecret")]
    [InlineData("/api/machine?run=%ff%fe")]
    [InlineData("/api/machine?run=one/.")]
    [InlineData("/api/video?run=one&name=..%2frun.json.png")]
    [InlineData("/api/video?run=one&name=%00.png")]
    [InlineData("/api/episode?run=one&file=..%2f..%2f000000-d2db4030-20.npz")]
    public void NothingOutsideIsFoundHoweverItIsWritten(string path)
    {
        Assert.Contains(Ask(servers.Open, path, "Host: localhost").Status, (int[])[400, 404]);
    }

    [Theory]
    [InlineData(20_000, 0, 414)]
    [InlineData(0, 40_000, 431)]
    public void WhatIsTooLongIsRefused(int path, int header, int status)
    {
        Assert.Equal(status,
            Ask(servers.Open, "/" + new string('a', path), $"Host: localhost\r\nX: {new string('b', header)}").Status);
    }

    private static (int Status, string Text) Ask(DashboardServer server, string path, string headers)
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        client.Connect(IPAddress.Loopback, new Uri(server.Address).Port);
        using var stream = client.GetStream();
        stream.Write(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var text = reader.ReadToEnd();
        return (int.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), text);
    }
}
