using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard.Play;

/// <summary><c>/api/play?run=ID</c>: a socket on which the model of a run is walked through.</summary>
internal static class PlayEndpoints
{
    /// <summary>Dreams that are played at once: each has an environment, and a model where no other plays the same.
    /// </summary>
    public const int Most = 4;

    // Those that are told that there is no room are there for a moment as well.
    private const int MostSockets = 32;

    /// <summary>Adds the request to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog)
    {
        var (stage, sockets) = (new PlayStage(Most), new Rooms(MostSockets));
        routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped
            .Register(stage.Dispose);
        routes.MapGet("/api/play", context => Play(context, catalog, stage, sockets));
    }

    private static async Task Play(HttpContext context, RunCatalog catalog, PlayStage stage, Rooms sockets)
    {
        var run = catalog.Find(context.Request.Query["run"]);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RequestGuard.Answer(
                context, StatusCodes.Status400BadRequest, "a dream is played over a WebSocket");
            return;
        }
        using var room = sockets.TryEnter()
            ?? throw new BusyException($"{MostSockets} pages want to play already; try again later");
        var end = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var line = new PlaySocket(socket, stop.Token);
        // A page cannot read what refuses a socket, so it is told on one.
        await line.Play(stage.TryStart(() => line.Dream(run, catalog.Folder))
            ?? Task.FromResult<string?>($"{Most} dreams are being played already; close one of them"));
    }
}
