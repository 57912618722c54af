using System.CommandLine;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env</c>: the verbs that concern environments alone.</summary>
internal sealed class EnvVerb : Command
{
    public EnvVerb() : base("env", "Check, replay, render, play and serve environments.")
    {
        Add(new EnvCheckVerb());
        Add(new EnvReplayVerb());
        Add(new EnvRenderVerb());
        Add(new EnvPlayVerb());
        Add(new EnvServeVerb());
        SetAction(parsed => new HelpWithExamples().Invoke(parsed));
    }
}
