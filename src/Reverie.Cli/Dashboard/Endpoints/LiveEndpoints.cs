using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary>
/// <c>/api/live?run=ID&amp;run=ID</c>: server-sent events. <c>runs</c> has the lines of the list that changed and the
/// runs that are gone, <c>records</c> what a run that was asked for has measured since, <c>reload</c> names one whose
/// measurements are to be asked for anew.
/// </summary>
internal static class LiveEndpoints
{
    // More than a curve could show as movement is asked for again, thinned.
    private const int MostRecords = 200;

    // Streams that are told at once, and runs that one of them follows.
    private const int MostStreams = 128, MostFollowed = 64;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    private const int BeatsBetweenLists = 6;

    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog, SharedListing listing)
    {
        var rooms = new Rooms(MostStreams);
        routes.MapGet("/api/live", (HttpContext context, string[]? run) =>
            ServeAsync(context, catalog, listing, rooms, run ?? []));
    }

    private static async Task ServeAsync(
        HttpContext context, RunCatalog catalog, SharedListing listing, Rooms rooms, string[] watched)
    {
        using var room = rooms.TryEnter();
        if (room is null)
        {
            await RequestGuard.Answer(context, StatusCodes.Status503ServiceUnavailable,
                $"{MostStreams} pages are open already; close one of them");
            return;
        }
        context.Response.ContentType = "text/event-stream";
        var gone = context.RequestAborted;
        var known = new Dictionary<string, RunSummary>(StringComparer.Ordinal);
        var followed = watched.Take(MostFollowed).Select(id => new FollowedLog(catalog, id)).ToArray();
        try
        {
            for (var beat = 0; !gone.IsCancellationRequested; beat++)
            {
                if (beat % BeatsBetweenLists == 0)
                    await TellListAsync(context.Response, catalog, listing, known, first: beat == 0, gone);
                foreach (var log in followed)
                    if (await log.LookAsync(MostRecords, gone) is var (name, content))
                        await SendAsync(context.Response, name, content, gone);
                await context.Response.Body.FlushAsync(gone);
                await Task.Delay(Beat, gone);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the server ends.
        }
    }

    private static async Task TellListAsync(
        HttpResponse response, RunCatalog catalog, SharedListing listing, Dictionary<string, RunSummary> known,
        bool first, CancellationToken gone)
    {
        var runs = await listing.ListAsync();
        var changed = runs.Where(run => known.GetValueOrDefault(run.Id) != run).ToArray();
        var left = known.Keys.Except(runs.Select(run => run.Id)).ToArray();
        foreach (var run in changed)
            known[run.Id] = run;
        foreach (var id in left)
            known.Remove(id);
        // Sent even when it is empty: it shows that the connection lives.
        await SendAsync(
            response, "runs", new { catalog.Folder.Path, First = first, Changed = changed, Gone = left }, gone);
    }

    private static Task SendAsync(HttpResponse response, string name, object content, CancellationToken gone) =>
        response.Body.WriteAsync(
            Encoding.UTF8.GetBytes($"event: {name}\ndata: {Answer.Write(content)}\n\n"), gone).AsTask();
}
