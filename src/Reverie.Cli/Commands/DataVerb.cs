using System.CommandLine;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie data</c>: the verbs that concern recorded episodes alone.</summary>
internal sealed class DataVerb : Command
{
    public DataVerb() : base("data", "Look recorded episodes over.")
    {
        Add(new DataCheckVerb());
        SetAction(parsed => new HelpWithExamples().Invoke(parsed));
    }
}
