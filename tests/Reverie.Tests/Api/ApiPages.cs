using System.Reflection;
using System.Text;

namespace Reverie.Tests.Api;

/// <summary>The reference in <c>docs/api</c>: a page a namespace, and one that lists them.</summary>
internal static class ApiPages
{
    private const string Note = "Made of the XML documentation; see [library.md](../library.md#what-is-public).";

    /// <summary>File names and texts.</summary>
    public static SortedDictionary<string, string> Of(Assembly[] assemblies)
    {
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var list = new StringBuilder($"# Reference\n\n{Note}\n\n| namespace | package | types |\n|---|---|---|\n");
        var rooms = assemblies.SelectMany(assembly => Signatures.Types(assembly))
            .GroupBy(type => type.Namespace!).OrderBy(room => Array.IndexOf(assemblies, room.First().Assembly))
            .ThenBy(room => room.Key, StringComparer.Ordinal);
        var told = assemblies.ToDictionary(assembly => assembly, assembly => new Documentation(assembly));
        foreach (var room in rooms)
        {
            var packages = string.Join(", ", room.Select(type => type.Assembly.GetName().Name).Distinct());
            pages.Add($"{room.Key}.md", Page(room.Key, packages, room, told));
            list.Append($"| [{room.Key}]({room.Key}.md) | {packages} | {room.Count()} |\n");
        }
        pages.Add("README.md", list.ToString());
        return pages;
    }

    private static string Page(string name, string packages, IEnumerable<Type> types, Dictionary<Assembly, Documentation> all)
    {
        var page = new StringBuilder($"# {name}\n\nPackage {packages}. {Note}\n");
        foreach (var type in types)
        {
            var told = all[type.Assembly];
            page.Append($"\n## {Signatures.Name(type).Replace("<", "&lt;")}\n\n    {Signatures.Of(type)}\n\n");
            foreach (var line in told.RestOf(type).Prepend(told.SummaryOf(type)).Where(line => line.Length > 0))
                page.Append($"{line}\n\n");
            foreach (var member in Signatures.Members(type))
            {
                page.Append($"- `{Signatures.Of(member)}`");
                foreach (var line in told.RestOf(member).Prepend(told.SummaryOf(member)).Where(line => line.Length > 0))
                    page.Append($"  \n  {line}");
                page.Append('\n');
            }
        }
        return page.ToString();
    }
}
