using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Reverie.Cli.Dashboard.Endpoints;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Dreams;
using Reverie.Runs;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>A dream on a socket: what comes is read here, what goes is sent by the dream's thread.</summary>
/// <param name="socket">Open.</param>
/// <param name="stop">The connection is lost, or the server ends.</param>
internal sealed class PlaySocket(WebSocket socket, CancellationToken stop) : IPlayLine, IDisposable
{
    /// <summary>A person who is silent for so long has left.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);

    // More than a person can press in a moment; whoever sends more waits.
    private const int MostWaiting = 64;

    // A page sends a message whole.
    private const int MostPieces = 64;

    // A page that takes nothing for so long is gone, whatever its connection says.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Until the other side closes as well: an end without it may lose the last line.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<PlayRequest> requests = new(MostWaiting);
    private readonly CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>Serves a dream until either side ends it.</summary>
    /// <param name="session">Is <see cref="Dream(WatchedRun, RunsFolder)"/>, on a thread of its own, or says why there
    /// is no dream.</param>
    public async Task Play(Task<string?> session)
    {
        var listening = Listen();
        try
        {
            await Close(await session, listening);
        }
        finally
        {
            await gone.CancelAsync();
            await listening;
        }
    }

    private async Task Close(string? why, Task listening)
    {
        try
        {
            if (why is not null)
                await socket.SendAsync(
                    Text(new { Kind = "closed", Message = why }), WebSocketMessageType.Text, true, gone.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, gone.Token);
            await Task.WhenAny(listening, Task.Delay(Farewell, gone.Token));
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // Nobody is there to be told.
        }
    }

    /// <summary>Plays the dream of a run, on this thread, until either side ends it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">What must hold all of its files.</param>
    /// <returns>Why it ended, in a line; null where nobody is there any longer.</returns>
    public string? Dream(WatchedRun run, RunsFolder folder)
    {
        try
        {
            folder.DemandInside(run.Path, RunDirectory.ConfigFile, RunDirectory.CheckpointFolder);
            using var play = new DreamPlay(DreamModel.Open(run.Path));
            return Dream(run.Id, play);
        }
        catch (Exception fault) when (fault is OperationCanceledException or WebSocketException)
        {
            return null;
        }
        catch (Exception fault) when (fault is ReverieException or IOException
            or InvalidDataException or UnauthorizedAccessException)
        {
            return folder.Told(fault);
        }
    }

    /// <inheritdoc/>
    public void Send(DreamFrame frame, bool isPaused, double milliseconds) =>
        Send(PlayFrames.Encode(frame, isPaused, milliseconds), WebSocketMessageType.Binary);

    /// <inheritdoc/>
    public void Refuse(string why) => Send(Text(new { Kind = "error", Message = why }), WebSocketMessageType.Text);

    /// <inheritdoc/>
    public void Dispose()
    {
        requests.Dispose();
        gone.Dispose();
    }

    private string? Dream(string run, DreamPlay play)
    {
        var controls = PlayControls.Of(play.Model, play.ActionSpace);
        Send(Text(new
        {
            Kind = "session", Run = run, play.Model.Config.Task, play.Model.Counters.Updates, play.Picture,
            Controls = controls, play.Options.Samples, play.Options.Context, play.DrawsLatents,
            play.Model.PredictsReward,
        }), WebSocketMessageType.Text);
        return new DreamSession(play, controls, this, Idle).Run(requests, gone.Token);
    }

    private async Task Listen()
    {
        var buffer = new byte[PlayMessage.Longest];
        try
        {
            while (await Receive(buffer) is { } request)
                // Whoever sends faster than the dream goes waits on a thread that no other request needs.
                if (!requests.TryAdd(request))
                    await Task.Factory.StartNew(() => requests.Add(request, gone.Token), CancellationToken.None,
                        TaskCreationOptions.LongRunning, TaskScheduler.Default);
            requests.CompleteAdding();
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            await gone.CancelAsync();
        }
    }

    // Null at the end, and where something came that no page sends: that is the end as well.
    private async Task<PlayRequest?> Receive(byte[] buffer)
    {
        var length = 0;
        for (var pieces = 0; pieces < MostPieces && length < buffer.Length; pieces++)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), gone.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return Read(buffer.AsSpan(0, length));
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig,
            $"a message has {PlayMessage.Longest} bytes and {MostPieces} pieces at most", gone.Token);
        return null;
    }

    private static PlayRequest Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return new PlayRequest(PlayMessage.Parse(text));
        }
        catch (ReverieException fault)
        {
            return new PlayRequest(null, fault.Message);
        }
    }

    private static byte[] Text(object content) => Encoding.UTF8.GetBytes(Answer.Write(content));

    private void Send(byte[] message, WebSocketMessageType type)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        patience.CancelAfter(Patience);
        socket.SendAsync(message.AsMemory(), type, true, patience.Token).AsTask().GetAwaiter().GetResult();
    }
}
