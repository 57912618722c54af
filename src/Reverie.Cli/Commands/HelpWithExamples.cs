using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Reverie.Cli.Commands;

/// <summary><c>--help</c>: the command's own help, and at its end examples worth copying.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const int Width = 110;

    public override bool ClearsParseErrors => true;

    /// <summary>The option for a root command.</summary>
    public static HelpOption Option() => new("--help", "-h") { Action = new HelpWithExamples() };

    public override int Invoke(ParseResult parsed)
    {
        new HelpAction { MaxWidth = Width }.Invoke(parsed);
        string[] examples = parsed.CommandResult.Command switch
        {
            Verb verb => verb.Examples,
            { Subcommands: [.., Verb last] } => last.Examples,
            _ => ["reverie doctor", "reverie train --task cartpole_swingup", "reverie train --help"],
        };
        var output = parsed.InvocationConfiguration.Output;
        output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        return 0;
    }
}
