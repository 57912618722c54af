using System.Text.Json;
using Reverie.Pictures;
using Reverie.Tests.CarRacing;
using Reverie.Tests.ControlSuite;
using static Reverie.Tests.Cli.Typed;

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
    public async Task RenderDrawsAnySizeAndGoesOnBeforeIt()
    {
        string[] files = [Path.Combine(folder, "start.png"), Path.Combine(folder, "later.png")];
        string[] typed = ["env", "render", "reacher_easy", "--size", "96", "--quality", "fast", "--out"];
        Assert.Equal(0, (await Run([.. typed, files[0]])).Code);
        Assert.Equal(0, (await Run([.. typed, files[1], "--after", "20"])).Code);
        Assert.All(files, file => Assert.Equal((96, 96), (PngImage.Read(file).Width, PngImage.Read(file).Height)));
        Assert.NotEqual(PngImage.Read(files[0]).Rgb, PngImage.Read(files[1]).Rgb);

        var catches = Path.Combine(folder, "catch.png");
        Assert.Equal(0, (await Run("env", "render", "catch", "--size", "128", "--out", catches)).Code);
        var (rgb, width, height) = PngImage.Read(catches);
        Assert.Equal((128, 128), (width, height));
        var pixels = rgb.Chunk(3).ToArray();
        Assert.All(Enumerable.Range(0, 64), x => Assert.Equal(pixels[2 * x], pixels[2 * x + 1]));
    }

    [Theory]
    [InlineData(22)]
    [InlineData(2, "catch", "pendulum_swingup")]
    public void RenderDrawsManyTasksOnOneSheet(int least, params string[] tasks)
    {
        var sheet = Path.Combine(folder, "sheet.png");
        // A process of its own: all tasks are not to be those that other tests register as well.
        using var cli = CliProcess.Start(
            ["env", "render", .. tasks, "--out", sheet, "--quality", "fast", "--after", "1", "--json"]);
        var (code, output, error) = cli.Wait();
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var row = JsonDocument.Parse(output).RootElement;
        Assert.InRange(row.GetProperty("tasks").GetArrayLength(), least, 1000);
        var (rgb, width, height) = PngImage.Read(sheet);
        Assert.Equal((width, height), (row.GetProperty("width").GetInt32(), row.GetProperty("height").GetInt32()));
        Assert.True(rgb.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2])).Distinct().Count() > 100);
    }

    [Theory]
    [InlineData("env render --out all.gif", "a film shows one task")]
    [InlineData("env render reacher_easy --out a.png --size 5000", "--size is 16 to 1024 pixels")]
    [InlineData("env render catch --out a.png --size 100", "--size must be a multiple of that")]
    [InlineData("env render catch reacher_esay --out a.png", "did you mean reacher_easy?")]
    public async Task RenderRefusesWhatItCannotDraw(string typed, string told)
    {
        var (code, output, error) = await Run(typed.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(told, Assert.Single(error.TrimEnd().Split('\n')));
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

    [Fact]
    public async Task ReplayShowsOneLineAModeAndTheStartsOnce()
    {
        var mine = Path.Combine(folder, "mine.json");
        File.Copy(ReferenceReplayTests.Golden("pendulum_swingup.json"), mine);
        var (code, output, error) = await Run("env", "replay", mine);
        Assert.Equal((0, ""), (code, error));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^task +mode +state +observation +reward +probes +picture +starts$", lines[0]);
        Assert.Matches(@"^pendulum_swingup \(mine\.json\) +trajectory .* 0\.\d+ +ok$", lines[1]);
        Assert.Matches(@"^pendulum_swingup \(mine\.json\) +one_step .* – +ok$", lines[2]);
    }

    [Theory]
    [InlineData("env play car_racing", "needs a terminal")]
    [InlineData("env play car_racin", "did you mean car_racing")]
    [InlineData("env play catch --rate 0", "--rate is 1 to 1000")]
    [InlineData("env play car_racing --set environment.car_look=v2", "v0, v3")]
    public async Task PlayingTellsInOneLineWhatIsMissing(string typed, string told)
    {
        var (code, output, error) = await Run(typed.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(told, Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task TheCarIsDrawnAtAnySizeInBothLooks()
    {
        var picture = Path.Combine(folder, "car.png");
        foreach (var look in (string[])["v0", "v3"])
        {
            var (code, _, error) = await Run("env", "render", "car_racing", "--out", picture, "--size", "120",
                "--after", "5", "--set", $"environment.car_look={look}");
            Assert.Equal((0, ""), (code, error));
            var (rgb, width, height) = PngImage.Read(picture);
            Assert.Equal((120, 120), (width, height));
            Assert.All(rgb[(3 * 120 * 119)..], value => Assert.Equal(0, value));    // the bar
        }
    }

    [Fact]
    public async Task ReplayShowsOneLineAFileOfTheCar()
    {
        var (code, output, error) = await Run("env", "replay", RaceReplayTests.Golden("track.json"),
            RaceReplayTests.Golden("full_gas.json"));
        Assert.Equal((0, ""), (code, error));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^car racing +what +rows +draws +track +state +force +reward +tiles +picture", lines[0]);
        Assert.Matches(@"^track\.json +track +275 .* ok$", lines[1]);
        Assert.Matches(@"^full_gas\.json +race +100 .* ok$", lines[2]);
    }
}
