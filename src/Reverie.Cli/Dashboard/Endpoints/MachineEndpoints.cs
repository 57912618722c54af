using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary><c>/api/machine?run=ID</c>: where a run was made, and by which command.</summary>
internal static class MachineEndpoints
{
    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog) => routes.MapGet("/api/machine",
        (string? run) => Answer.Json(new { Run = run, catalog.Find(run).Facts.Machine }));
}
