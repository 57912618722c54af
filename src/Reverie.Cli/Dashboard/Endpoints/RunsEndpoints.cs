using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary><c>/api/runs</c>: the list of runs.</summary>
internal static class RunsEndpoints
{
    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog, SharedListing listing) =>
        routes.MapGet("/api/runs", async () =>
            Answer.Json(new { catalog.Folder.Path, Runs = await listing.ListAsync() }));
}
