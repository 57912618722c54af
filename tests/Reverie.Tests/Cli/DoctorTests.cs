using System.Text.Json;
using Reverie.Cli;
using Reverie.Cli.Doctor;

namespace Reverie.Tests.Cli;

public sealed class DoctorTests
{
    [Fact]
    public async Task EveryCheckIsOneObjectAndTheCodeSaysWhetherAllIsWell()
    {
        var output = new StringWriter();
        var code = await CommandLine.RunAsync(["doctor", "--json"], output, TextWriter.Null);
        JsonElement[] rows =
            [.. output.ToString().TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        var checks = rows.Select(row => row.GetProperty("check").GetString()).ToArray();
        foreach (var expected in new[]
            { ".NET", "instructions", "bf16", "memory", "disk", "libtorch", "MuJoCo", "Box2D", "OpenGL", "pictures" })
            Assert.Contains(expected, checks);
        Assert.Equal(rows.All(row => row.GetProperty("ok").GetBoolean()) ? 0 : 1, code);
        Assert.All(rows, row => Assert.Equal(
            row.GetProperty("ok").GetBoolean(), row.GetProperty("remedy").ValueKind == JsonValueKind.Null));
        Assert.True(rows.Single(row => row.GetProperty("check").GetString() == ".NET").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void ACheckThatThrowsIsAProblemWithTheReasonAndTheRemedy()
    {
        var inner = new ReverieException("no\nlibrary");
        var finding = Finding.Of("thing", "install it", () => throw new TypeInitializationException("T", inner));
        Assert.Equal(new Finding("thing", false, "no library", "install it"), finding);
    }

    [Fact]
    public void TheMachineTellsItsMemoryAndDisk()
    {
        Assert.InRange(Machine.AvailableMemory, 1_000_000, long.MaxValue / 2);
        Assert.InRange(Machine.FreeDisk("."), 1, long.MaxValue);
    }
}
