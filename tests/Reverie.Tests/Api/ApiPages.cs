using System.Reflection;
using System.Text;

namespace Reverie.Tests.Api;

/// <summary>The reference in <c>docs/api</c>: a page a namespace, and one that lists them.</summary>
internal static class ApiPages
{
    private const string Note = "Made of the XML documentation; see [library.md](../library.md#what-is-public).";

    /// <summary>File names and texts.</summary>
    public static SortedDictionary<string, string> Of(IReadOnlyList<Assembly> assemblies)
    {
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var list = new StringBuilder($"# Reference\n\n{Note}\n\n| namespace | package | types |\n|---|---|---|\n");
        foreach (var assembly in assemblies)
        {
            var told = new Documentation(assembly);
            foreach (var room in Signatures.Types(assembly).GroupBy(type => type.Namespace!)
                .OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                pages.Add($"{room.Key}.md", Page(room.Key, assembly, room, told));
                list.Append($"| [{room.Key}]({room.Key}.md) | {assembly.GetName().Name} | {room.Count()} |\n");
            }
        }
        pages.Add("README.md", list.ToString());
        return pages;
    }

    private static string Page(string name, Assembly assembly, IEnumerable<Type> types, Documentation told)
    {
        var page = new StringBuilder($"# {name}\n\nPackage {assembly.GetName().Name}. {Note}\n");
        foreach (var type in types)
        {
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
