using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary><c>/api/machine?run=ID</c>: where a run was made, and by which command.</summary>
internal static class MachineEndpoints
{
    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog, Readers readers) => routes.MapGet(
        "/api/machine", (string? run) => readers.Read(() => Of(run, catalog.Find(run).Facts)));

    private static IResult Of(string? run, RunFacts facts) =>
        Answer.Json(new { Run = run, facts.Machine, facts.Damage });
}
