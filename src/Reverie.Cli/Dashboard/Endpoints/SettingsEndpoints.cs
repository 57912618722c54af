using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Configuration;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary><c>/api/settings?run=ID&amp;run=ID</c>: the configurations of runs side by side, and what each key
/// means.</summary>
internal static class SettingsEndpoints
{
    private static readonly Dictionary<string, string> Meanings =
        Settings.All.ToDictionary(setting => setting.Key, setting => setting.Text);

    /// <summary>Adds the requests to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog, Readers readers) => routes.MapGet(
        "/api/settings", (string[]? run) => readers.Read(() => Of([.. (run ?? []).Select(catalog.Find)])));

    private static IResult Of(WatchedRun[] runs)
    {
        var keys = runs.SelectMany(run => run.Facts.Config.Entries.Select(entry => entry.Key)).Distinct();
        // A key that stands there twice has the first of its values.
        var configs = Array.ConvertAll(runs, run => run.Facts.Config.Entries.DistinctBy(entry => entry.Key)
            .ToDictionary(entry => entry.Key));
        return Answer.Json(new
        {
            Runs = runs.Select(run => run.Id),
            Keys = keys.Select(key =>
            {
                var entries = Array.ConvertAll(configs, config => config.GetValueOrDefault(key));
                return new
                {
                    Key = key,
                    Meaning = Meanings.GetValueOrDefault(key),
                    Values = entries.Select(entry => entry?.Value),
                    Origins = entries.Select(entry => entry?.Origin),
                    Differs = entries.Select(entry => entry?.Value).Distinct().Count() > 1,
                };
            }),
        });
    }
}
