using Reverie.Cli;

namespace Reverie.Tests.Cli;

/// <summary>The command line in this process.</summary>
internal static class Typed
{
    /// <summary>What comes of words after the program's name.</summary>
    public static async Task<(int Code, string Output, string Error)> Run(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (await CommandLine.RunAsync(words, output, error), output.ToString(), error.ToString());
    }

    /// <summary>The same of words with blanks between them.</summary>
    public static Task<(int Code, string Output, string Error)> RunLine(string line) =>
        Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The one line that refuses a command.</summary>
    public static string Refusal(params string[] words)
    {
        var (code, _, error) = Run(words).GetAwaiter().GetResult();
        Assert.Equal(1, code);
        return Assert.Single(Faults(error));
    }

    /// <summary>Its lines of faults in what was written to standard error.</summary>
    public static string[] Faults(string error) =>
        [.. error.Split('\n').Where(line => line.StartsWith("reverie: ", StringComparison.Ordinal)).Select(line => line.TrimEnd())];
}
