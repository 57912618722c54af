using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace Reverie.Tests.Setup;

/// <summary>The packages as somebody else would take them.</summary>
public sealed class PackagesTests
{
    [Fact]
    public void AProjectOfItsOwnRestoresThemTrainsSavesLoadsAndActs()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(SetupSandbox.Checkout, "scripts", "packages"), "--try"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        using var script = Process.Start(start)!;
        script.StandardInput.Close();
        var error = script.StandardError.ReadToEndAsync();
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        Assert.True(script.ExitCode == 0, error.Result);
        Assert.Contains("trained and saved: 800 environment steps, 12 updates", output);
        Assert.Contains("loaded: 12 updates", output);
        Assert.Contains("acted: return ", output);
        Assert.Matches("dreamer, trained for [0-9]+ steps of DockingCraft\n", output);
        Assert.Contains("mean of 2 episodes: ", output);
        var game = Directory.GetFiles(Path.Combine(SetupSandbox.Checkout, "samples", "DockingGame", "bin"), "*",
            SearchOption.AllDirectories).Select(path => Path.GetFileName(path)).ToArray();
        Assert.Contains("Reverie.Runtime.dll", game);
        Assert.DoesNotContain(game, name => name is "Reverie.Torch.dll" or "Reverie.dll"
            || name.StartsWith("libreverie", StringComparison.Ordinal));
        Assert.Contains("My-Cart", output);    // what the tool says of the template's environment, which it finds sound

        Holds("Reverie.Torch", "runtimes/linux-x64/native/libreverie_torch.so", "native/CMakeLists.txt",
            "native/torch_binding.cpp", "native/amx_tiles.h", "native/tile_weights.h", "native/vector_level.h");
        Lacks("Reverie.Torch", "native/mujoco", "native/opengl", "native/box2d");
        Holds("Reverie", "licenses/DejaVu.txt");
        Holds("Reverie.Runtime", "lib/netstandard2.1/Reverie.Runtime.dll", "lib/netstandard2.1/Reverie.Runtime.xml",
            "lib/net8.0/Reverie.Runtime.dll", "lib/net8.0/Reverie.Runtime.xml");
        Assert.Equal(["Microsoft.ML.OnnxRuntime.Managed"], DependenciesOf("Reverie.Runtime"));
        Holds("Reverie.Environments", "runtimes/linux-x64/native/libreverie_mujoco.so",
            "runtimes/linux-x64/native/libreverie_box2d.so", "native/CMakeLists.txt", "native/mujoco_binding.c",
            "native/opengl.c", "native/box2d_binding.cpp");
        Lacks("Reverie.Environments", "native/torch", "native/amx");
        Carries("Reverie.Tool", "tools/net10.0/any/reverie-cli.dll", "tools/net10.0/any/libreverie_torch.so",
            "tools/net10.0/any/libreverie_mujoco.so", "tools/net10.0/any/libreverie_box2d.so", "native/CMakeLists.txt",
            "tools/net10.0/any/runtimes/linux-x64/native/libSkiaSharp.so", "tools/net10.0/any/licenses/skia.txt",
            "licenses/packages.txt", "licenses/dygraphs.txt");
        Carries("Reverie.Templates", "content/environment/.template.config/template.json",
            "content/environment/Cart.cs", "content/environment/Own.Environment-1.csproj", "content/environment/README.md");
    }

    private static void Lacks(string name, params string[] beginnings)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.0.1.0.nupkg"));
        Assert.DoesNotContain(package.Entries, entry =>
            Array.Exists(beginnings, one => entry.FullName.StartsWith(one, StringComparison.Ordinal)));
    }

    // Of all frameworks.
    private static IEnumerable<string> DependenciesOf(string name)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.0.1.0.nupkg"));
        using var about = package.GetEntry($"{name}.nuspec")!.Open();
        return [.. XDocument.Load(about).Descendants().Where(element => element.Name.LocalName == "dependency")
            .Select(element => element.Attribute("id")!.Value).Distinct()];
    }

    private static string Feed => Path.Combine(SetupSandbox.Checkout, "build", "packages");

    private static void Carries(string name, params string[] files)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.0.1.0.nupkg"));
        Assert.Empty(files.Append("LICENSE").Append("README.md").Except(package.Entries.Select(entry => entry.FullName)));
        using var about = new StreamReader(package.GetEntry($"{name}.nuspec")!.Open());
        Assert.Contains("""<license type="expression">MIT</license>""", about.ReadToEnd());
    }

    private static void Holds(string name, params string[] more)
    {
        Carries(name, [$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", .. more]);
        using var symbols = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.0.1.0.snupkg"));
        Assert.Contains($"lib/net10.0/{name}.pdb", symbols.Entries.Select(entry => entry.FullName));
    }
}
