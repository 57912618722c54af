using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Reverie.Cli.Dashboard;
using Reverie.Cli.Dashboard.Play;
using Reverie.Tests.Dreams;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Cli.Dashboard.Play;

/// <summary>A dream over a socket, from the opening to the end.</summary>
[Collection(nameof(PlayedRuns))]
public sealed class PlaySocketTests(PlayedRuns runs)
{
    private const int Pixels = 64 * 64;

    [Fact]
    public async Task ADreamIsPlayedAndEverythingIsFreed()
    {
        using var server = Start();
        var before = Tensor.LiveCount;
        using (var socket = await Open(server, "planet"))
        {
            var session = Text(await Receive(socket));
            Assert.Equal(("session", "planet"), ((string?)session["kind"], (string?)session["run"]));
            Assert.Equal(1, (int)session["controls"]!["keys"]![1]!["value"]!);
            var (first, pictures) = Frame(await Receive(socket));
            Assert.Equal((0, true, 4 * Pixels), ((int)first["decision"]!, (bool)first["paused"]!, pictures));

            await Send(socket, """{"do":"set","beside":true}""");
            (first, pictures) = Frame(await Receive(socket));
            Assert.Equal((0, 7 * Pixels), ((int)first["decision"]!, pictures));
            Assert.True((double)first["real"]!["error"]! > 0);

            await Send(socket, """{"do":"act","action":[-1]}""");
            await Send(socket, """{"do":"step"}""");
            Assert.Equal(-1, (float)Frame(await Receive(socket)).Text["action"]![0]!);
            await Send(socket, "nonsense");
            var error = Text(await Receive(socket));
            Assert.Equal("error", (string?)error["kind"]);
            Assert.Contains("cannot be read", (string?)error["message"]);
            Assert.NotEqual(before, Tensor.LiveCount);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        await Eventually(() => Tensor.LiveCount == before);
    }

    [Fact]
    public async Task WhoeverLeavesWithoutAWordFreesItToo()
    {
        using var server = Start();
        var before = Tensor.LiveCount;
        using (var socket = await Open(server, "planet"))
        {
            await Receive(socket);
            await Receive(socket);
            await Send(socket, """{"do":"play"}""");
            await Receive(socket);
            socket.Abort();
        }
        await Eventually(() => Tensor.LiveCount == before);
    }

    [Fact]
    public async Task TheEndOfTheServerEndsIt()
    {
        var before = Tensor.LiveCount;
        var server = Start();
        using var socket = await Open(server, "planet");
        await Receive(socket);
        await Receive(socket);
        server.Dispose();
        await Eventually(() => Tensor.LiveCount == before);
    }

    [Fact]
    public async Task ADreamTooManyIsRefusedUntilOneEnds()
    {
        using var server = Start();
        var sockets = new List<ClientWebSocket>();
        for (var i = 0; i < PlayEndpoints.Most; i++)
        {
            sockets.Add(await Open(server, "planet"));
            await Receive(sockets[^1]);
        }
        using (var late = await Open(server, "planet"))
            Assert.Contains("close one of them", (string?)Text(await Receive(late))["message"]);
        sockets[0].Dispose();
        await Eventually(() => Opens(server).GetAwaiter().GetResult());
        sockets.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData("vector", "has no pictures")]
    [InlineData("random", "has no model to dream in")]
    public async Task WhatHasNoDreamSaysWhy(string run, string why)
    {
        using var server = Start(run);
        using var socket = await Open(server, run);
        var told = Text(await Receive(socket));
        Assert.Equal("closed", (string?)told["kind"]);
        Assert.Contains(why, (string?)told["message"]);
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[16], default)).MessageType);
    }

    /// <summary>Each leaves nothing behind, and the next is served.</summary>
    [Theory]
    [InlineData("one message too long")]
    [InlineData("one message in pieces without end")]
    [InlineData("pieces of nothing")]
    [InlineData("half a message and no more")]
    [InlineData("noise instead of frames")]
    [InlineData("nonsense, and nothing is read")]
    [InlineData("gone before the model is there")]
    public async Task WhateverAClientDoesItIsFreed(string how)
    {
        using var server = Start();
        var before = Tensor.LiveCount;
        using (var socket = await Open(server, "planet"))
            await Misbehave(socket, how);
        await Eventually(() => Tensor.LiveCount == before);
        await Eventually(() => Opens(server).GetAwaiter().GetResult());
        await Eventually(() => Tensor.LiveCount == before);
    }

    private static async Task Misbehave(ClientWebSocket socket, string how)
    {
        if (!how.StartsWith("gone", StringComparison.Ordinal))
        {
            await Receive(socket);
            await Receive(socket);
        }
        var text = Encoding.UTF8.GetBytes(new string(' ', PlayMessage.Longest + 1));
        if (how.StartsWith("one message too long", StringComparison.Ordinal))
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, true, default);
            await EndsWith(socket, WebSocketCloseStatus.MessageTooBig);
        }
        else if (how.StartsWith("half", StringComparison.Ordinal))
        {
            await socket.SendAsync(text[..9], WebSocketMessageType.Text, false, default);
            socket.Abort();
        }
        else if (how.StartsWith("noise", StringComparison.Ordinal))
            for (var i = 0; i < 20; i++)
                await Send(socket, "\u0000{\"do\":" + new string('[', 50 * i));
        else if (how.StartsWith("nonsense", StringComparison.Ordinal))
            for (var i = 0; i < 500; i++)
                await Send(socket, "nonsense");
        else if (how.Contains("pieces"))
        {
            var piece = how.StartsWith("pieces", StringComparison.Ordinal) ? 0 : 1;
            for (var i = 0; i < 64; i++)
                await socket.SendAsync(text[..piece], WebSocketMessageType.Text, false, default);
            await EndsWith(socket, WebSocketCloseStatus.MessageTooBig);
        }
        socket.Abort();
    }

    private static async Task EndsWith(ClientWebSocket socket, WebSocketCloseStatus status)
    {
        var buffer = new byte[1 << 17];
        while ((await socket.ReceiveAsync(buffer, default)).MessageType != WebSocketMessageType.Close) { }
        Assert.Equal(status, socket.CloseStatus);
    }

    [Fact]
    public async Task ACheckpointThatLeadsOutOfTheFolderIsNotOpened()
    {
        using var folder = new TemporaryDirectory();
        var run = Directory.CreateDirectory(folder["runs/linked"]).FullName;
        File.Copy(Path.Combine(runs["planet"], "config.yaml"), Path.Combine(run, "config.yaml"));
        Directory.CreateSymbolicLink(Path.Combine(run, "checkpoints"), Path.Combine(runs["planet"], "checkpoints"));
        using var server = DashboardServer.Start(new DashboardOptions { Folder = folder["runs"] });
        using var socket = await Open(server, "linked");
        Assert.Equal("linked/checkpoints: leads out of the folder that is shown",
            (string?)Text(await Receive(socket))["message"]);
    }

    [Fact]
    public async Task WhatIsNoSocketOrNoRunIsRefused()
    {
        using var server = Start();
        using var client = new HttpClient();
        var address = server.Address + "api/play?run=";
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(address + "planet")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(address + "none")).StatusCode);
        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", "http://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(Address(server, "planet"), default));
    }

    private DashboardServer Start(string kind = "planet") => DashboardServer.Start(
        new DashboardOptions { Folder = Path.GetDirectoryName(runs[kind])! });

    private static Uri Address(DashboardServer server, string run) =>
        new(server.Address.Replace("http", "ws") + "api/play?run=" + run);

    private static async Task<ClientWebSocket> Open(DashboardServer server, string run)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(server, run), default);
        return socket;
    }

    private static async Task<bool> Opens(DashboardServer server)
    {
        using var socket = await Open(server, "planet");
        return (string?)Text(await Receive(socket))["kind"] == "session";
    }

    private static Task Send(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    private static async Task<byte[]> Receive(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 17];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), default);
            length += part.Count;
            if (part.EndOfMessage) return buffer[..length];
        }
    }

    private static JsonNode Text(byte[] message) => JsonNode.Parse(message)!;

    private static (JsonNode Text, int Pictures) Frame(byte[] message)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(message);
        return (Text(message[4..(4 + length)]), message.Length - 4 - length);
    }

    private static async Task Eventually(Func<bool> holds)
    {
        var patience = TimeSpan.FromSeconds(60);
        for (var waited = TimeSpan.Zero; waited < patience; waited += TimeSpan.FromMilliseconds(50))
        {
            if (holds()) return;
            await Task.Delay(50);
        }
        Assert.Fail($"did not come to hold within {patience}");
    }
}
