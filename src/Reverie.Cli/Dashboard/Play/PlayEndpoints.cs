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
    /// <summary>Adds the request to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog)
    {
        var rooms = new PlayRooms();
        routes.MapGet("/api/play", context => Play(context, catalog, rooms));
    }

    private static async Task Play(HttpContext context, RunCatalog catalog, PlayRooms rooms)
    {
        var run = catalog.Find(context.Request.Query["run"]);
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("a dream is played over a WebSocket\n");
            return;
        }
        var end = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var line = new PlaySocket(socket, stop.Token);
        using var room = rooms.TryEnter();
        if (room is null)
            await line.Close($"{PlayRooms.Most} dreams are being played already; close one of them");
        else
            await line.Play(run.Id, run.Path);
    }
}
