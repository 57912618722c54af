using System.CommandLine;
using Reverie.Cli.Display;

namespace Reverie.Cli.Commands;

/// <summary>One verb of the command line. Every verb has <c>--json</c> and examples.</summary>
internal abstract class Verb : Command
{
    private readonly Option<bool> json = new("--json") { Description = "one JSON object per line, for programs" };

    protected Verb(string name, string description) : base(name, description)
    {
        Add(json);
        SetAction((parsed, stop) => RunAsync(parsed, new Report(parsed, parsed.GetValue(json)), stop));
    }

    /// <summary>Command lines worth copying, shown at the end of <c>--help</c>.</summary>
    public abstract string[] Examples { get; }

    /// <summary>Does it.</summary>
    /// <param name="parsed">the options</param>
    /// <param name="report">where results go</param>
    /// <param name="stop">Ctrl-C</param>
    /// <returns>the exit code</returns>
    protected abstract int Run(ParseResult parsed, Report report, CancellationToken stop);

    // Off the thread that parses, so that Ctrl-C finds it free to pass the word on.
    private Task<int> RunAsync(ParseResult parsed, Report report, CancellationToken stop) =>
        Task.Run(() => Run(parsed, report, stop), CancellationToken.None);
}
