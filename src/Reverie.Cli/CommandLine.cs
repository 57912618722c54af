using System.CommandLine;
using System.CommandLine.Parsing;
using Reverie.Cli.Commands;
using Reverie.Configuration;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Environments.Atari;
using Reverie.Environments.CarRacing;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Games;
using Reverie.Environments.Gymnasium;
using Reverie.Torch;
using Reverie.Training;

namespace Reverie.Cli;

/// <summary>The command <c>reverie</c>: finds the verb, runs it, tells a mistake in one line.</summary>
internal static class CommandLine
{
    /// <summary>What a command comes to that was asked to stop, and has saved what there was to save.</summary>
    public const int Stopped = 130;

    /// <summary>The verbs by their names. Only the one that is typed is made, since making all of them is much of what
    /// starting takes.</summary>
    internal static IReadOnlyList<(string Name, Func<Command> Make)> Verbs { get; } =
    [
        ("train", static () => new TrainVerb()), ("eval", static () => new EvalVerb()),
        ("dream", static () => new DreamVerb()), ("plot", static () => new PlotVerb()),
        ("tasks", static () => new TasksVerb()), ("presets", static () => new PresetsVerb()),
        ("dashboard", static () => new DashboardVerb()), ("doctor", static () => new DoctorVerb()),
        ("env", static () => new EnvVerb()), ("bench", static () => new BenchVerb()),
        ("pack", static () => new PackVerb()), ("compare", static () => new CompareVerb()),
        ("data", static () => new DataVerb()), ("sweep", static () => new SweepVerb()),
        ("results", static () => new ResultsVerb()), ("gate", static () => new GateVerb()),
        ("export", static () => new ExportVerb()),
    ];

    /// <summary>Makes all tasks and their settings known; calling it again changes nothing.</summary>
    internal static void RegisterTasks()
    {
        ControlSuiteTasks.Register();
        GameTasks.Register();
        DreamTasks.Register();
        OfflineTasks.Register();
        CarRacingTasks.Register();
        AssemblyTasks.Register();
        GymnasiumTasks.Register();
        AtariTasks.Register();
    }

    /// <summary>Runs one command.</summary>
    /// <param name="args">the words after the program's name</param>
    /// <param name="output">standard output</param>
    /// <param name="error">standard error</param>
    /// <param name="stop">asks to stop</param>
    /// <returns>0; 1 for a mistake of the user's or of the machine; <see cref="Stopped"/></returns>
    public static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        RegisterTasks();
        try
        {
            _ = Processor.InForce;      // a level that is not here is told before anything is written
            var parsed = Root(args.FirstOrDefault()).Parse(args);
            if (Complaint(parsed) is { } complaint)
                throw new ReverieException(complaint);
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,    // the signals are Surroundings.StopSignals' alone
            }, stop);
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }
        catch (Exception fault) when (Mistake(fault) is { } mistake)
        {
            await error.WriteLineAsync($"reverie: {mistake.Message}");
            return 1;
        }
    }

    /// <summary>The tree of verbs.</summary>
    /// <param name="typed">the word that names one of them; all are there where it names none</param>
    public static Command Root(string? typed = null)
    {
        var root = new Command("reverie", "World models for .NET: agents that learn to act from pixels, and dream.");
        var named = Verbs.Where(verb => verb.Name == typed).ToArray();
        foreach (var verb in named.Length > 0 ? named : Verbs)
            root.Add(verb.Make());
        root.Add(HelpWithExamples.Option());
        root.Add(new VersionOption());
        root.SetAction(parsed => new HelpWithExamples().Invoke(parsed));
        return root;
    }

    // Faults of the user or the machine, told by their message alone; anything else is a bug and shows its stack.
    private static ReverieException? Mistake(Exception fault) => fault switch
    {
        TypeInitializationException { InnerException: { } inner } => Mistake(inner),
        ReverieException told => told,
        DllNotFoundException or IOException or UnauthorizedAccessException =>
            new ReverieException(fault.Message, fault),
        OutOfMemoryException => new ReverieException(
            $"memory or threads are used up ({fault.Message.TrimEnd('.')}); see `ulimit -a` and the limits of the job", fault),
        _ => null,
    };

    private static string? Complaint(ParseResult parsed)
    {
        if (Empty(parsed) is { } empty)
            return empty;
        var command = parsed.CommandResult.Command;
        if (Mistyped(parsed) is { } word)
            return NoOption(command, word);
        if (parsed.Errors.Count == 0)
            return null;
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is null)
        {
            var words = parsed.Errors[0].Message.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
            return $"{Plain(string.Join(' ', words)).TrimEnd('.')}; see {Path(command)} --help";
        }
        if (unknown.StartsWith('-'))
            return NoOption(command, unknown);
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        return verbs.Length > 0
            ? $"there is no command {unknown}{NearestName.Hint(unknown, verbs)}"
            : $"{Path(command)} cannot use `{unknown}`; {Advice(command, unknown)}see {Path(command)} --help";
    }

    // Several values are set by several options.
    private static string Advice(Command command, string word) =>
        word.Contains('=') && command.Options.Any(option => option.Name == "--set") ? $"give `--set {word}`, or " : "";

    // An option that does not exist is an argument to the parser, where the verb takes any.
    private static string? Mistyped(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal));

    private static string NoOption(Command command, string word) => $"{Path(command)} has no option {word}"
        + NearestName.Hint(word, [.. command.Options.Where(one => !one.Hidden).Select(one => one.Name)]);

    // The parser speaks of types of .NET.
    private static string Plain(string message) => message
        .Replace("System.Nullable`1[System.Int32]", "System.Int32")
        .Replace("System.Nullable`1[System.Int64]", "System.Int64")
        .Replace("System.Nullable`1[System.Double]", "System.Double")
        .Replace("as expected type 'System.Int32'", "as a whole number")
        .Replace("as expected type 'System.Int64'", "as a whole number")
        .Replace("as expected type 'System.Double'", "as a number");

    // Nothing that is typed here may be empty; where it is, a variable of a script was not set.
    private static string? Empty(ParseResult parsed)
    {
        var help = $"see {Path(parsed.CommandResult.Command)} --help";
        foreach (var result in parsed.CommandResult.Children)
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                return result is OptionResult { Option: var option }
                    ? $"{option.Name} is empty; give {option.HelpName ?? "a value"}, or leave it out; {help}"
                    : $"{((ArgumentResult)result).Argument.Name} is empty; {help}";
        return parsed.UnmatchedTokens.Any(string.IsNullOrWhiteSpace)
            ? $"an empty word means nothing here; {help}"
            : null;
    }

    private static string Path(Symbol command) =>
        command.Parents.FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;
}
