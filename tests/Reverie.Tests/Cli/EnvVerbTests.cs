using System.Text.Json;
using Reverie.Cli;
using Reverie.Logging;

namespace Reverie.Tests.Cli;

public sealed class EnvVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-env").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task CheckFindsNothingInOurOwnTask()
    {
        var (code, output, error) = await Run("env", "check", "cartpole_swingup", "--steps", "20", "--json");
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var row = JsonDocument.Parse(output).RootElement;
        Assert.True(row.GetProperty("ok").GetBoolean());
        Assert.Empty(row.GetProperty("errors").EnumerateArray());
    }

    [Fact]
    public async Task RenderWritesThePictureAndTheFilm()
    {
        var picture = Path.Combine(folder, "start.png");
        Assert.Equal(0, (await Run("env", "render", "cartpole_swingup", "--out", picture)).Code);
        var (rgb, width, height) = PngImage.Read(picture);
        Assert.Equal((64, 64), (width, height));
        Assert.True(rgb.Distinct().Count() > 20);

        var film = Path.Combine(folder, "random.gif");
        Assert.Equal(0, (await Run("env", "render", "cartpole_swingup", "--out", film, "--frames", "5")).Code);
        Assert.Equal("GIF89a"u8.ToArray(), File.ReadAllBytes(film)[..6]);
    }

    [Fact]
    public async Task ReplayTellsOfAFileItCannotReadAndFails()
    {
        var file = Path.Combine(folder, "broken.json");
        File.WriteAllText(file, "{");
        var (code, output, error) = await Run("env", "replay", file, "--json");
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains(file, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] typed)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (await CommandLine.RunAsync(typed, output, error), output.ToString(), error.ToString());
    }
}
