using System.CommandLine;

namespace Reverie.Cli.Commands;

/// <summary>Options that several verbs take alike.</summary>
internal static class OptionBlocks
{
    /// <summary>The argument of verbs that look at a run.</summary>
    public static Argument<string> Run() => new("RUN") { Description = "directory of the run" };

    /// <summary>The OpenGL that draws pictures.</summary>
    public static Option<string> Gl() => new("--gl")
    {
        Description = "OpenGL that draws the pictures: auto, osmesa or egl",
        HelpName = "G",
        DefaultValueFactory = _ => "auto",
    };

    /// <summary>Puts options on a verb, in that order.</summary>
    public static void AddAll(this Command verb, params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
            verb.Add(option);
    }
}
