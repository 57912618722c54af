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
    public static void Map(IEndpointRouteBuilder routes, RunCatalog catalog) => routes.MapGet("/api/settings",
        (string[]? run) => Of([.. (run ?? []).Select(catalog.Find)]));

    private static IResult Of(WatchedRun[] runs)
    {
        var configs = runs.Select(run => run.Facts.Config).ToArray();
        var keys = configs.SelectMany(config => config.Entries.Select(entry => entry.Key)).Distinct();
        return Answer.Json(new
        {
            Runs = runs.Select(run => run.Id),
            Keys = keys.Select(key =>
            {
                var entries = Array.ConvertAll(configs,
                    config => config.Entries.FirstOrDefault(entry => entry.Key == key));
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
