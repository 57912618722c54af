using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary>
/// <c>/api/series?run=ID[&amp;most=N][&amp;axis=A&amp;from=X&amp;to=Y]</c>: measurements of a run as columns, at
/// most N lines of a kind, of all or of a part of an axis. What is written later, <see cref="LiveEndpoints"/> tells.
/// </summary>
internal static class SeriesEndpoints
{
    private const int Usual = 800, Most = 20_000;

    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog, Readers readers) => routes.MapGet(
        "/api/series", (HttpContext context, string? run, int? most, string? axis, double? from, double? to) =>
            readers.ReadAsync(() => Of(catalog.Find(run), Math.Clamp(most ?? Usual, 2, Most),
                AxisRange.Parse(axis, from, to), context.RequestAborted)));

    private static Task<IResult> Of(WatchedRun run, int most, AxisRange? range, CancellationToken gone) =>
        run.WithMetricsAsync(metrics => Answer.Json(new
        {
            Run = run.Id,
            metrics.Position,
            metrics.Generation,
            Kinds = metrics.Kinds.ToDictionary(one => one.Kind, one =>
            {
                var (lines, stride) = metrics.Sample(one.Kind, most, range);
                return MetricSeries.Of(lines, stride, one.Count);
            }),
        }), gone);
}
