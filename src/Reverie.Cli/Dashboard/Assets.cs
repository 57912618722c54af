using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Reverie.Cli.Dashboard;

/// <summary>The files of the page: ours, which are in the assembly (<c>Dashboard/Page</c>), and the charting library.
/// </summary>
internal static class Assets
{
    private const string Prefix = "page/", Charts = "dygraphs/";
    private static readonly string[] ChartFiles = ["dygraph.min.js", "dygraph.min.css"];

    // Beside the program in an archive of `reverie pack`; else where Debian's libjs-dygraphs puts it.
    private static readonly string[] ChartFolders =
        [Path.Combine(AppContext.BaseDirectory, "dygraphs"), "/usr/share/javascript/dygraphs"];

    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
    };

    /// <summary>Folder of the charting library; null where it is not installed.</summary>
    public static string? ChartFolder =>
        ChartFolders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, ChartFiles[0])));

    /// <summary>Files of the charting library that the page loads.</summary>
    public static IEnumerable<string> ChartPaths =>
        ChartFolder is { } folder ? ChartFiles.Select(name => Path.Combine(folder, name)) : [];

    /// <summary>Adds the files to the server.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var ours = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in ours)
        {
            var path = name[Prefix.Length..];
            routes.MapGet(path == "index.html" ? "/" : $"/{path}", () => Results.Stream(
                assembly.GetManifestResourceStream(name)!, Types[Path.GetExtension(path)]));
        }
        foreach (var path in ChartPaths)
            routes.MapGet($"/{Charts}{Path.GetFileName(path)}",
                () => Results.File(path, Types[Path.GetExtension(path)]));
    }
}
