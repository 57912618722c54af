using System.CommandLine;
using System.Text.Json;
using Reverie.Cli;
using Reverie.Cli.Commands;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public void OneVerbIsMadeByItsNameAndAllWhereNoneIsNamed()
    {
        Assert.All(CommandLine.Verbs, verb => Assert.Equal(verb.Name, verb.Make().Name));
        Assert.Equal("tasks", Assert.Single(CommandLine.Root("tasks").Subcommands).Name);
        Assert.Equal(CommandLine.Verbs.Select(verb => verb.Name), CommandLine.Root("taks").Subcommands.Select(verb => verb.Name));
    }

    [Theory]
    [InlineData("trian", "reverie: there is no command trian; did you mean train?")]
    [InlineData("env rendr", "reverie: there is no command rendr; did you mean render?")]
    [InlineData("doctor extra", "reverie: reverie doctor cannot use `extra`; see reverie doctor --help")]
    [InlineData("train --set seed=1 compute.threads=1", "reverie: reverie train cannot use `compute.threads=1`; give "
        + "`--set compute.threads=1`, or see reverie train --help")]
    [InlineData("tasks finger_spni",
        "reverie: there is no task 'finger_spni'; did you mean finger_spin? (reverie tasks lists all)")]
    [InlineData("presets --shwo small", "reverie: reverie presets has no option --shwo; did you mean --show?")]
    [InlineData("compare --jsn runs", "reverie: reverie compare has no option --jsn; did you mean --json?")]
    [InlineData("plot runs --ot x.svg", "reverie: reverie plot has no option --ot; did you mean --out?")]
    [InlineData("sweep --preset tiny --seed 1", "reverie: reverie sweep has no option --seed; did you mean --seeds?")]
    [InlineData("dashboard --prot 5", "reverie: reverie dashboard has no option --prot; did you mean --port?")]
    [InlineData("compare runs --env-steps 1e6",
        "reverie: Cannot parse argument '1e6' for option '--env-steps' as a whole number; see reverie compare --help")]
    [InlineData("presets --show",
        "reverie: Required argument missing for option: '--show'; see reverie presets --help")]
    [InlineData("bench updat", "reverie: there is no benchmark updat; did you mean update?")]
    [InlineData("eval run --episodes 0",
        "reverie: --episodes: give a whole number of at least 1; see reverie eval --help")]
    [InlineData("eval run --seed -1", "reverie: --seed: give a whole number of at least 0; see reverie eval --help")]
    [InlineData("env check catch --steps -5",
        "reverie: --steps: give a whole number of at least 1; see reverie env check --help")]
    [InlineData("env render catch --out a.gif --frames 0",
        "reverie: --frames: give a whole number of at least 1; see reverie env render --help")]
    [InlineData("dream run --from -3", "reverie: --from: give a whole number of at least 0; see reverie dream --help")]
    [InlineData("dream run --length 1",
        "reverie: --length: give a whole number of at least 2; see reverie dream --help")]
    [InlineData("train --offline /etc/passwd",
        "reverie: --offline /etc/passwd: is a file; name the folder that the episodes lie in")]
    [InlineData("plot a --out b.png --x hour",
        "reverie: Argument 'hour' not recognized. Must be one of: 'env_steps' 'updates' 'episodes' 'hours'; "
        + "see reverie plot --help")]
    [InlineData("train --task cartpole_swingpu",
        "reverie: there is no task 'cartpole_swingpu'; did you mean cartpole_swingup? (reverie tasks lists all)")]
    [InlineData("train --set model.detr=1", "reverie: --set: there is no key model.detr; did you mean model.deter?")]
    [InlineData("train --env-steps many",
        "reverie: --env-steps: training.env_steps = many, but it must be a whole number of at least 1")]
    [InlineData("eval x --episodes 1.5",
        "reverie: Cannot parse argument '1.5' for option '--episodes' as a whole number; see reverie eval --help")]
    [InlineData("train --preset planet,tinny", "reverie: there is no preset tinny; did you mean tiny?")]
    [InlineData("presets --show smal", "reverie: there is no preset smal; did you mean small?")]
    [InlineData("env render cartpole_swingpu --out a.png",
        "reverie: there is no task 'cartpole_swingpu'; did you mean cartpole_swingup? (reverie tasks lists all)")]
    [InlineData("env render cartpole_swingup --out a.bmp", "reverie: --out a.bmp: the name must end in .png or .gif")]
    [InlineData("env render cartpole_swingup --out a.png --quality fats",
        "reverie: --quality: environment.quality = fats, but it must be one of suite, fast")]
    [InlineData("dashboard . --token 0123456789abcdef",
        "reverie: --token: the list of processes shows it to everybody on the machine; write it into a file "
        + "(--token-file FILE) or set REVERIE_DASHBOARD_TOKEN")]
    public async Task AMistakeIsOneLineAndAnExitCode(string typed, string line)
    {
        var (code, output, error) = await RunLine(typed);
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Equal(line, error.TrimEnd());
    }

    [Fact]
    public async Task AnEmptyWordIsToldByItsNameWhereverItStands()
    {
        foreach (var (words, verb) in Verbs(CommandLine.Root(), []))
        {
            foreach (var option in verb.Options.Where(one => one.ValueType != typeof(bool) && one.Name.StartsWith("--")
                && one is not System.CommandLine.Help.HelpOption and not System.CommandLine.VersionOption))
                await Told([.. words, option.Name, ""], $"reverie: {option.Name} is empty; ");
            foreach (var argument in verb.Arguments)
                await Told([.. words, " "], $"reverie: {argument.Name} is empty; ");
        }
        await Told([""], "reverie: an empty word means nothing here; ");

        static async Task Told(string[] typed, string line)
        {
            var error = new StringWriter();
            Assert.Equal(1, await CommandLine.RunAsync(typed, TextWriter.Null, error));
            Assert.StartsWith(line, error.ToString());
        }

        static IEnumerable<(string[] Words, Command Verb)> Verbs(Command verb, string[] words) =>
            verb.Subcommands.SelectMany(inner => Verbs(inner, [.. words, inner.Name])).Prepend((words, verb));
    }

    [Fact]
    public async Task PresetsAreListedShownAndCompared()
    {
        Assert.Equal(Reverie.Configuration.Presets.Names, Values(await Rows("presets --json"), "preset"));

        var shown = await Rows("presets --show planet,small --json");
        var depth = Assert.Single(shown, row => row.GetProperty("key").GetString() == "model.cnn_depth");
        Assert.InRange(depth.GetProperty("value").GetInt32(), 1, new Reverie.Configuration.ModelConfig().CnnDepth - 1);
        Assert.StartsWith("preset planet.small:", depth.GetProperty("origin").GetString());

        var compared = await Rows("presets --show planet,paper --diff planet,small --json");
        Assert.Contains("model.cnn_depth", Values(compared, "key"));
        Assert.DoesNotContain("model.deter", Values(compared, "key"));
        var two = await Rows("presets --diff planet,paper planet,small --json");
        Assert.Equal(Values(compared, "key"), Values(two, "key"));
        Assert.Equal(Values(compared, "left"), Values(two, "left"));
        var (code, _, error) = await RunLine("presets --diff planet dreamer dreamerv2");
        Assert.Equal(1, code);
        Assert.Contains("dreamerv2", error);
    }

    [Fact]
    public async Task ATableLinesUp()
    {
        var (code, output, _) = await RunLine("presets --diff planet,small");
        Assert.Equal(0, code);
        var lines = output.TrimEnd().Split('\n');
        Assert.StartsWith("key ", lines[0]);
        Assert.All(lines.Skip(1), line => Assert.NotEqual(' ', line[lines[0].IndexOf("default")]));
    }

    [Fact]
    public async Task EveryVerbHelpsWithExamplesAndHasJson()
    {
        foreach (var path in Verbs(CommandLine.Root(), ""))
        {
            var (code, output, error) = await RunLine($"{path} --help");
            Assert.Equal(0, code);
            Assert.Empty(error);
            Assert.Contains("Example", output);
            Assert.Contains($"  reverie {path}", output);
            Assert.Contains("--json", output);
        }
    }

    private static IEnumerable<string> Verbs(System.CommandLine.Command command, string path) =>
        command.Subcommands.Count == 0
            ? [path]
            : command.Subcommands.SelectMany(inner => Verbs(inner, $"{path} {inner.Name}".Trim()));

    private static IEnumerable<string?> Values(IEnumerable<JsonElement> rows, string key) =>
        rows.Select(row => row.GetProperty(key).GetString());

    private static async Task<JsonElement[]> Rows(string typed)
    {
        var (code, output, error) = await RunLine(typed);
        Assert.Equal("", error);
        Assert.Equal(0, code);
        return [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
