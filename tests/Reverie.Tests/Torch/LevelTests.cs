using Reverie.Tests.Cli;
using Reverie.Torch;

namespace Reverie.Tests.Torch;

/// <summary>What computes is right at every level of instructions that this processor has, not at its highest
/// alone.</summary>
public sealed class LevelTests
{
    private static readonly string[] Classes =
    [
        "FastLayerTests", "GatesTests", "GruCellTests", "LstmCellTests", "LayerNormTests", "BlockLinearTests",
        "AdamTests", "LaPropTests",
        "CemPlannerTests", "ImaginationTests", "PlaNetLossTests", "DreamerLossTests", "DreamerV2LossTests",
    ];

    /// <summary>The words of the levels here.</summary>
    public static TheoryData<string> Levels => [.. Processor.Levels.Select(Processor.NameOf)];

    internal static string Names => string.Join(' ', Processor.Levels.Select(Processor.NameOf));

    [Theory, MemberData(nameof(Levels))]
    public void LayersGatesPlannersAndUpdatesAreRight(string level)
    {
        using var process = Start(level, Classes);
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, $"{output}\n{error}");
        Assert.Matches("^[1-9][0-9]* passed, 0 failed$", output.Split('\n')[^1]);
    }

    /// <summary>Our own loops give the same bits at every level, and so in every process.</summary>
    [Fact]
    public void LoopsGiveTheSameBitsAtEveryLevel()
    {
        CliProcess[] processes = [.. Processor.Levels.Select(level => Start(Processor.NameOf(level), Program.Bits))];
        var found = processes.Select(process => process.Wait()).ToArray();
        Assert.All(found, one => Assert.Equal((0, ""), (one.Code, one.Error)));
        Assert.Single(found.Select(one => one.Output).Distinct());
        Assert.Matches("^[0-9A-F]{64}$", found[0].Output);
        foreach (var process in processes) process.Dispose();
    }

    private static CliProcess Start(string level, params string[] arguments) =>
        CliProcess.StartWith(typeof(LevelTests).Assembly.Location, (Processor.Variable, level), arguments);
}
