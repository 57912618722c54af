using System.CommandLine;
using Reverie.Replay.Data;

namespace Reverie.Cli.Commands;

/// <summary><c>--pairing</c>: which action stands on a row of somebody's data.</summary>
internal sealed class PairingOption : Option<string>
{
    private static readonly Dictionary<string, ActionPairing> Words = new()
    {
        ["auto"] = ActionPairing.Auto, ["arrival"] = ActionPairing.Arrival, ["departure"] = ActionPairing.Departure,
    };

    public PairingOption() : base("--pairing")
    {
        Description = "action on a row of the data: the one that led there (arrival), the one chosen there "
            + "(departure), or what the first rows say (auto)";
        DefaultValueFactory = _ => "auto";
        AcceptOnlyFromAmong([.. Words.Keys]);
    }

    /// <summary>What was typed.</summary>
    public ActionPairing Of(ParseResult parsed) => Words[parsed.GetValue(this)!];
}
