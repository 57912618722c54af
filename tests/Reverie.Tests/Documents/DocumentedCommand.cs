using System.Text.RegularExpressions;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Documents;

/// <summary>A command that a page shows, on a line of its own or inside a sentence.</summary>
/// <param name="Page">The page, from the checkout.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Text">The command without its comment.</param>
internal sealed partial record DocumentedCommand(string Page, int Line, string Text)
{
    /// <summary>The pages whose commands run: README and those in docs; not the generated reference.</summary>
    public static string[] Pages { get; } =
        [.. Directory.GetFiles(Path.Combine(SetupSandbox.Checkout, "docs"), "*.md")
            .Append(Path.Combine(SetupSandbox.Checkout, "README.md"))
            .Select(path => Path.GetRelativePath(SetupSandbox.Checkout, path)).Order(StringComparer.Ordinal)];

    /// <summary>The words, as a shell splits them; none of the pages quotes more than whole words.</summary>
    public string[] Words => [.. Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\''))];

    /// <summary>Whether this program itself is started, through the script that a reader types.</summary>
    public bool IsReverie => Words[0] == "./reverie";

    /// <summary>All commands of a page, in order.</summary>
    public static IEnumerable<DocumentedCommand> Of(string page)
    {
        var fenced = false;
        foreach (var (number, line) in File.ReadLines(Path.Combine(SetupSandbox.Checkout, page)).Index())
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            if (fenced)
                continue;
            var typed = Typed().Match(line) is { Success: true } whole
                ? [whole.Groups[1].Value]
                : Inline().Matches(line).Select(match => match.Groups[1].Value);
            foreach (var text in typed)
                yield return new DocumentedCommand(page, number + 1, Comment().Replace(text, "").Trim());
        }
    }

    public override string ToString() => $"{Page}:{Line}: {Text}";

    [GeneratedRegex(@"^    ((?:[A-Z_]+=\S+ )?(?:\./|dotnet |scripts/|python3? |pip |cmake |apt-get |tar |cd |export |module )\S.*)$")]
    private static partial Regex Typed();

    [GeneratedRegex(@"`((?:\./reverie|\./test|scripts/\w+|dotnet run|dotnet build) ?[^`]*)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@" +#.*$")]
    private static partial Regex Comment();
}
