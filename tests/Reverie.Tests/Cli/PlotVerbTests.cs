using System.Text.Json;
using Reverie.Logging;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

public sealed class PlotVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-plot").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("curve.png")]
    [InlineData("curve.svg")]
    public async Task ItDrawsRunsAndTellsTheirLastAndLargestPoints(string name)
    {
        var (one, two) = (Record("a-seed1", 100, 300, 200), Record("a-seed2", 50, 60));
        var picture = Path.Combine(folder, name);
        var (code, output, error) = await Run("plot", one, two, "--out", picture, "--json");
        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.True(new FileInfo(picture).Length > 1000);
        var rows = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["a-seed1", "a-seed2"], rows.Select(row => row.GetProperty("run").GetString()));
        Assert.Equal([3, 2], rows.Select(row => row.GetProperty("points").GetInt32()));
        Assert.Equal([200, 60], rows.Select(row => row.GetProperty("last").GetDouble()));
        Assert.Equal([300, 60], rows.Select(row => row.GetProperty("max").GetDouble()));
    }

    [Fact]
    public async Task AFolderThatIsNoRunIsTold()
    {
        var (code, _, error) = await Run("plot", folder, "--out", Path.Combine(folder, "curve.png"));
        Assert.Equal(1, code);
        Assert.StartsWith($"reverie: there are no metrics at {folder}", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task ARunWithoutEvaluationsSaysWhatIsDrawn()
    {
        var run = Record("early", kind: "episode", 10, 20, 30);
        var (code, output, _) = await Run("plot", run, "--out", Path.Combine(folder, "curve.png"));
        Assert.Equal(0, code);
        Assert.EndsWith("curve.png: early, no return of kind evaluation yet; drawn: those of kind episode, 3\n", output);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("svg")]
    public void ValuesTooLargeToDrawAreToldAndLeaveNothing(string ending)
    {
        var picture = Path.Combine(folder, $"curve.{ending}");
        Assert.Equal($"reverie: cannot write {picture}: its values are too large to draw",
            Refusal("plot", Record("large", 1e308, -1e308), "--out", picture));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData("plot a --out b.png --smooth 0,5", "--smooth")]
    [InlineData("dream a --temperature 1,5", "--temperature")]
    [InlineData("sweep --hours 1,5", "--hours")]
    [InlineData("sweep --hours long", "--hours")]
    public void ACommaIsNoDecimalPoint(string typed, string option) =>
        Assert.StartsWith($"reverie: {option}: give a number, with a point before its decimals, such as 0.5; see ",
            Refusal(typed.Split(' ')));

    private string Record(string name, params double[] returns) => Record(name, "evaluation", returns);

    private string Record(string name, string kind, params double[] returns)
    {
        var run = Path.Combine(folder, name);
        using var logger = RunLogger.Open(run, tensorBoard: false);
        for (var i = 0; i < returns.Length; i++)
            logger.Write(new MetricRecord
            {
                Kind = kind,
                EnvSteps = 1000 * (i + 1),
                Values = new Dictionary<string, double> { ["return"] = returns[i] },
            });
        return run;
    }
}
