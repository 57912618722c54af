using System.Text.RegularExpressions;
using Reverie.Cli;
using Reverie.Tests.Cli;
using Reverie.Tests.Cli.Pack;
using Reverie.Tests.Cli.Play;
using Reverie.Tests.Cli.Records;
using Reverie.Tests.Fakes;
using Reverie.Tests.Gymnasium;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Documents;

/// <summary>Every command that the documents show is run, page by page in a folder that begins empty, as a reader would who
/// begins there; what cannot be run here is named with the test that stands for it, or the reason.</summary>
public sealed class DocumentsRunTests : IDisposable
{
    private const string SampleRun = "dotnet run --project samples/CustomEnvironment";
    private const string AlgorithmRun = "dotnet run --project samples/OwnAlgorithm";

    private static readonly string[] Shared = ["samples", "tests", "benchmarks", "python"];

    // What is not run here, by how it begins, and what does it instead.
    private static readonly (string Begins, string Reason)[] Elsewhere =
    [
        ("./test", $"{nameof(TestCommandTests)}; and whoever reads this has run it"),
        ("scripts/surface", "writes what the build and its analyzers, and ApiTests, hold against the code"),
        ("REVERIE_TORCH=", nameof(TorchChoiceTests)),
        ("./reverie --torch", nameof(TorchChoiceTests)),
        ("scripts/packages", nameof(PackagesTests)),
        ("scripts/play", $"{nameof(PackagesTests)} plays by it"),
        ("dotnet tool install", nameof(PackagesTests)),
        ("dotnet new ", nameof(PackagesTests)),
        ("dotnet build Cart", nameof(PackagesTests)),
        ("scripts/bare", "makes a Debian; CI runs it around these tests"),
        ("scripts/peer", $"makes a Debian, too; {nameof(PeerTests)} asks it for one that is not there"),
        ("scripts/campaign", "campaigns take minutes to hours"),
        ("./reverie pack", nameof(PackVerbTests)),
        ("./reverie results docs/", $"{nameof(ResultsVerbTests)}, {nameof(GateVerbTests)}"),
        ("./reverie gate build/gate", nameof(GateVerbTests)),
        ("scripts/gate", $"{nameof(GateVerbTests)}; trains for minutes"),
        ("./reverie env play", nameof(PlaySessionTests)),
        ("cmake ", nameof(NativeConfigurationTests)),
        ("apt-get ", $"{nameof(SetupTests)}: the set-up's own list"),
        ("dotnet build -c Release Reverie.slnx", "the build that these tests are of"),
        ("dotnet build samples/", "the solution builds it, and the page's next command takes what came of it"),
        ("dotnet run -c Release --project benchmarks/", "measures for minutes"),
        ("dotnet src/Reverie.Cli/", "./reverie doctor, without the script"),
        ("python3 -m venv", "needs PyPI"),
        ("pip install", $"needs PyPI; {nameof(PythonPackageTests)} plays the package from its folder"),
        ("export ", "sets a variable"),
        ("module ", "a cluster's"),
        ("tar ", $"{nameof(PackVerbTests)} unpacks"),
        ("cd ", "a cluster's"),
    ];

    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["DIR"] = "stands for any folder", ["RUN"] = "stands for any run", ["…"] = "stands for any command",
        ["cuda"] = "needs a GPU", ["PATH"] = "stands for any folder", ["gym:ID"] = "stands for any environment",
    };

    private readonly string started = Environment.CurrentDirectory;
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-page-").FullName;

    public DocumentsRunTests()
    {
        foreach (var name in Shared)
            Directory.CreateSymbolicLink(Path.Combine(folder, name), Path.Combine(SetupSandbox.Checkout, name));
        Directory.CreateDirectory(Path.Combine(folder, "docs/images"));
        Environment.CurrentDirectory = folder;
    }

    public static TheoryData<string> Pages =>
        [.. DocumentedCommand.Pages.Where(page => DocumentedCommand.Of(page).Any(IsRun))];

    public void Dispose()
    {
        Environment.CurrentDirectory = started;
        Directory.Delete(folder, recursive: true);
        FreedMemory.GiveBack();
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task APageRunsFromTopToBottom(string page)
    {
        using var python = new PythonPath();
        foreach (var command in DocumentedCommand.Of(page).Where(IsRun))
        {
            var words = ShortCommand.Of([.. command.Words[1..].SelectMany(Expanded)], $"runs/line{command.Line}");
            var (code, output, error) = command.IsReverie ? await Run(words)
                : command.Text.StartsWith(AlgorithmRun, StringComparison.Ordinal) ? Algorithm() : Sample();
            Assert.True(code == 0, $"{command}\nrun as: {string.Join(' ', words)}\nexit code {code}\n{error}\n{output}");
        }
    }

    [Fact]
    public void WhateverIsNotRunHasAReason()
    {
        var unknown = DocumentedCommand.Pages.SelectMany(DocumentedCommand.Of)
            .Where(command => !IsRun(command) && ReasonFor(command) is null);
        Assert.Empty(unknown.Select(command => command.ToString()));
    }

    // The one program that pages start and that is not this one, with fewer episodes than it has.
    private (int Code, string Output, string Error) Sample()
    {
        var built = Path.Combine(SetupSandbox.Checkout, "samples/CustomEnvironment/bin/Release/net10.0");
        var copy = Directory.CreateDirectory(Path.Combine(folder, "sample")).FullName;
        foreach (var file in Directory.GetFiles(built))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        var settings = Path.Combine(copy, "dot.yaml");
        File.WriteAllText(settings, Number("seed_episodes", 2, Number("updates_per_episode", 3,
            Number("env_steps", 75, File.ReadAllText(settings)))));
        using var sample = CliProcess.StartWith(Path.Combine(copy, "CustomEnvironment.dll"),
            ("REVERIE_NATIVE", Path.Combine(SetupSandbox.Checkout, "build/native")));
        var result = sample.Wait();
        Assert.Contains("mean return of 10 episodes: ", result.Output + result.Error);
        return result;

        static string Number(string key, int value, string yaml) =>
            Regex.Replace(yaml, $@"(?<={key}: )\d+", $"{value}");
    }

    private static (int Code, string Output, string Error) Algorithm()
    {
        using var sample = CliProcess.StartWith(
            Path.Combine(SetupSandbox.Checkout, "samples/OwnAlgorithm/bin/Release/net10.0/OwnAlgorithm.dll"),
            ("REVERIE_NATIVE", Path.Combine(SetupSandbox.Checkout, "build/native")));
        var result = sample.Wait();
        Assert.Matches(@"trained: \d+ updates of CalmDreamer", result.Output);
        Assert.Contains("dynamics: leaky", File.ReadAllText("runs/calm/config.yaml"));
        return result;
    }

    private static bool IsRun(DocumentedCommand command) => (command.IsReverie
        || command.Text.StartsWith(SampleRun, StringComparison.Ordinal)
        || command.Text.StartsWith(AlgorithmRun, StringComparison.Ordinal)) && ReasonFor(command) is null;

    private static string? ReasonFor(DocumentedCommand command) =>
        Elsewhere.Where(one => command.Text.StartsWith(one.Begins, StringComparison.Ordinal))
            .Select(one => one.Reason).FirstOrDefault()
        ?? command.Words.Where(Patterns.ContainsKey).Select(word => Patterns[word]).FirstOrDefault()
        ?? (command.Words.Length == 1 ? "names the command alone" : null);

    // As a shell does it, where there is something to match.
    private static IEnumerable<string> Expanded(string word)
    {
        if (!word.Contains('*') || word.Contains('='))
            return [word];
        var (place, pattern) = (Path.GetDirectoryName(word) ?? "", Path.GetFileName(word));
        string[] found = Directory.Exists(place)
            ? [.. Directory.GetFileSystemEntries(place, pattern).Order(StringComparer.Ordinal)]
            : [];
        return found.Length > 0 ? found : [word];
    }

    private static async Task<(int Code, string Output, string Error)> Run(string[] words)
    {
        if (words[0] is "dashboard" or "env" or "tasks")
            return Apart(words);
        return await Typed.Run(words);
    }

    // Those that look at all tasks, of which tests have made some, and those that serve until nobody wants them.
    private static (int Code, string Output, string Error) Apart(string[] words)
    {
        using var process = CliProcess.Start(words);        // its standard input is closed, which ends `env serve`
        if (words[0] == "dashboard")
        {
            process.WaitForOutput("Ctrl-C ends it");
            process.Interrupt();
        }
        return process.Wait();
    }
}
