using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Cli.Doctor;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie doctor</c>: does it run here?</summary>
internal sealed class DoctorVerb() : Verb("doctor", "Check that this machine has all that Reverie needs.")
{
    public override string[] Examples => ["reverie doctor", "reverie doctor --json"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var problems = 0;
        foreach (var finding in Checks.All())
        {
            report.Row(finding, $"{(finding.Ok ? "ok     " : "PROBLEM")}  {finding.Check,-24}  {finding.Value}");
            if (finding.Ok)
                continue;
            problems++;
            report.Say($"         {"",-24}  remedy: {finding.Remedy}");
        }
        report.Say(problems == 0 ? "all is well" : $"{problems} problem(s)");
        return problems == 0 ? 0 : 1;
    }
}
