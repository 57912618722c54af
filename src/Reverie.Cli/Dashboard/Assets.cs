using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Reverie.Cli.Dashboard;

/// <summary>The files of the page, which are in the assembly (<c>Dashboard/Page</c>): ours, and those of the charting
/// library with its licence, as its package brings them.</summary>
internal static class Assets
{
    private const string Prefix = "page/";

    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".txt"] = "text/plain; charset=utf-8",
    };

    /// <summary>Adds the files to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in files)
        {
            var path = name[Prefix.Length..];
            routes.MapGet(path == "index.html" ? "/" : $"/{path}", () => Results.Stream(
                assembly.GetManifestResourceStream(name)!, Types[Path.GetExtension(path)]));
        }
    }
}
