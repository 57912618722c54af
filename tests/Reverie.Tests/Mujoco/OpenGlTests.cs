using System.Text.Json;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;
using Reverie.Runs;
using Reverie.Tests.Cli;
using Reverie.Tests.ControlSuite;
using Reverie.Tests.Fakes;

namespace Reverie.Tests.Mujoco;

/// <summary>A process draws with one OpenGL, so EGL has processes of its own here; that of the tests uses OSMesa.</summary>
public sealed class OpenGlTests : IDisposable
{
    // A graphics card rounds differently; Mesa's software gives the same bytes however it is reached.
    private const string Software =
        "export LIBGL_ALWAYS_SOFTWARE=1 __EGL_VENDOR_LIBRARY_FILENAMES=/usr/share/glvnd/egl_vendor.d/50_mesa.json";

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EglDrawsTheBytesOfTheReferencePictures()
    {
        // One task of each body: the others' pictures are of the same things, and OSMesa draws those of all.
        string[] files = [.. ControlSuiteTasks.Names.DistinctBy(task => task.Split('_')[0])
            .Select(task => ReferenceReplayTests.Golden(task + ".json"))];
        using var process = CliProcess.StartAfter(Software, ["env", "replay", .. files, "--gl", "egl", "--json"]);
        var (code, output, error) = process.Wait();
        Assert.True(code == 0, error);
        var rows = output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(10, files.Length);
        Assert.Equal(2 * files.Length, rows.Length);
        var exact = Physics.LibraryVersion == 222;
        Assert.All(rows, row => Assert.InRange(row.GetProperty("picture").GetDouble(), 0, exact ? 0 : 255));
    }

    [Fact]
    public void WithoutOsMesaEglDrawsOfItself()
    {
        foreach (var name in (string[])["libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"])
            File.WriteAllBytes(folder[name], []);
        using var process = CliProcess.StartAfter($"{Software} LD_LIBRARY_PATH={folder.Path}", "doctor", "--json");
        var (_, output, _) = process.Wait();
        var found = output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("check").GetString()!, row => row.GetProperty("value").GetString()!);
        Assert.StartsWith("EGL, ", found["OpenGL"]);
        Assert.Contains("colours", found["pictures"]);
    }

    [Fact]
    public void WithoutEglOneLineSaysSo()
    {
        File.WriteAllBytes(folder["libEGL.so.1"], []);
        using var process = CliProcess.StartWith(CliProcess.Assembly, ("LD_LIBRARY_PATH", folder.Path),
            "env", "render", "cartpole_swingup", "--gl", "egl", "--out", folder["start.png"]);
        var (code, _, error) = process.Wait();
        Assert.Equal(1, code);
        Assert.Contains("EGL is not installed", Assert.Single(error.Split('\n')));
        Assert.False(File.Exists(folder["start.png"]));
    }

    [Fact]
    public void TheOtherKindIsRefusedOnceOneHasDrawn()
    {
        var first = OpenGl.Describe(OpenGlKind.OsMesa);
        Assert.Equal("OSMesa", first.Library);
        Assert.NotEmpty(first.Renderer);
        Assert.NotEmpty(first.Version);
        var refusal = Assert.ThrowsAny<ReverieException>(() => OpenGl.Describe(OpenGlKind.Egl)).Message;
        Assert.Contains("already", refusal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Equal(first, OpenGl.Describe(OpenGlKind.Auto));
    }

    [Fact]
    public void ARunRecordsWhatDrawsItsPictures()
    {
        ControlSuiteTasks.Register();
        var config = ConfigReader.Resolve(new ConfigSources { Presets = ["planet", "tiny"] });
        using (var run = RunDirectory.Open(folder["run"], config))
            run.Begin(saved: false);
        using var facts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder["run"], "run.json")));
        var gl = facts.RootElement.GetProperty("gl");
        var drawn = EnvironmentRegistry.Find(config.Config.Task).Graphics!(config.Config.Environment);
        Assert.Equal(drawn, new GraphicsInfo(gl.GetProperty("library").GetString()!,
            gl.GetProperty("vendor").GetString()!, gl.GetProperty("renderer").GetString()!,
            gl.GetProperty("version").GetString()!));
    }

    [Fact]
    public void NamesAreThoseOfTheConfiguration()
    {
        Assert.Equal(OpenGlKind.Auto, OpenGl.Named(new MujocoSettings().Gl));
        Assert.Equal(OpenGlKind.OsMesa, OpenGl.Named("osmesa"));
        Assert.Equal(OpenGlKind.Egl, OpenGl.Named("egl"));
        Assert.ThrowsAny<ReverieException>(() => OpenGl.Named("glx"));
    }
}
