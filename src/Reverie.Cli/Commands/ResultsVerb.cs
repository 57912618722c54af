using System.CommandLine;
using Reverie.Cli.Compare;
using Reverie.Cli.Display;
using Reverie.Torch.IO;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie results PAGE</c>: a page's tables and curves from records of runs.</summary>
internal sealed class ResultsVerb : Verb
{
    private readonly Argument<string> page = new("PAGE") { Description = "Markdown with places for results" };

    private readonly Option<bool> check = new("--check")
    {
        Description = "write nothing: complain where the page is not what its records say",
    };

    public ResultsVerb() : base("results", "Write the tables and curves of a page from the records that `sweep "
        + "--record` keeps: between <!-- results: NAME --> and <!-- end of results --> stands what NAME.jsonl tells, "
        + "in the folder of the page's name; with `bands` in the place of `results`, the bands that `gate` "
        + "takes from it.")
    {
        Add(page);
        Add(check);
    }

    public override string[] Examples => ["reverie results docs/results.md", "reverie results docs/results.md --check"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var path = parsed.GetRequiredValue(page);
        var files = new ResultsPage(path).Files();
        var stale = files.Where(file => !File.Exists(file.Path)
            || !File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(file.Content)).ToArray();
        if (parsed.GetValue(check) && stale.Length > 0)
            throw new ReverieException(
                $"{stale[0].Path}: is not what the records say; `reverie results {OneWord.Of(path)}` writes it");
        // The page last: where a picture cannot be written, it stays as it was.
        foreach (var file in stale.OrderBy(file => file.Path == path))
            Write(file.Path, file.Content);
        string[] written = [.. stale.Select(file => file.Path)];
        report.Row(new { Page = path, Written = written, files[0].Said }, $"{path}: {files[0].Said}; "
            + (written.Length == 0 ? "all is up to date" : $"written: {string.Join(", ", written)}"));
        return 0;
    }

    private static void Write(string path, byte[] content)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, stream => stream.Write(content));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"cannot write {path}: {fault.Message}", fault);
        }
    }
}
