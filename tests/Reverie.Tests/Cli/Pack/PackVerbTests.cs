using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Reverie.Cli.Pack;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Cli.Pack;

public sealed class PackVerbTests : IDisposable
{
    private const long Most = 50_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("reverie-pack-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void AnArchiveUnpacksAndStartsWhereThereIsNoDotnet()
    {
        var archive = Path.Combine(folder, "reverie.tar.gz");
        var (code, output, error) = Pack("--out", archive, "--json");
        Assert.Equal((0, ""), (code, error));
        var told = JsonDocument.Parse(output).RootElement;
        Assert.Equal(new FileInfo(archive).Length, told.GetProperty("bytes").GetInt64());
        Assert.InRange(told.GetProperty("bytes").GetInt64(), 1, Most);

        using (var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(stream, folder, overwriteFiles: false);
        var unpacked = Path.Combine(folder, told.GetProperty("folder").GetString()!);
        Assert.Equal(told.GetProperty("files").GetInt32(),
            Directory.GetFiles(unpacked, "*", SearchOption.AllDirectories).Length);
        Assert.All(Directory.GetFiles(Path.Combine(SetupSandbox.Checkout, "native")),
            source => Assert.True(File.Exists(Path.Combine(unpacked, "native", Path.GetFileName(source)))));
        Assert.Contains(Directory.GetFiles(Path.Combine(unpacked, "lib")), path => path.Contains("libmujoco.so"));

        Assert.Contains("cartpole_swingup", Start(unpacked, "tasks"));
        Assert.Contains("planet", Start(unpacked, "presets"));
    }

    [Fact]
    public void AnArchiveThatIsThereStays()
    {
        var archive = Path.Combine(folder, "reverie.tar.gz");
        File.WriteAllText(archive, "mine");
        var (code, output, error) = Pack("--out", archive);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal($"reverie: {archive} is there already; give --out another name, or --force to replace it", error);
        Assert.Equal("mine", File.ReadAllText(archive));
    }

    [Fact]
    public void AFailureLeavesNothing()
    {
        var archive = Path.Combine(folder, "reverie.tar.gz");
        PackedFile[] files = [new("here", Environment.ProcessPath!), new("gone", Path.Combine(folder, "gone"))];
        Assert.ThrowsAny<IOException>(() => PackArchive.Write(archive, "name", files, CancellationToken.None));
        Assert.ThrowsAny<OperationCanceledException>(
            () => PackArchive.Write(archive, "name", files, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void EveryPackageInTheProgramHasItsLicense()
    {
        var notice = File.ReadAllText(Path.Combine(SetupSandbox.Checkout, "scripts/packed/packages.txt"));
        var program = Directory.GetFiles(Checkout.OfProgram().Program, "*.dll").Select(Path.GetFileNameWithoutExtension)
            .Where(name => !name!.StartsWith("reverie", StringComparison.OrdinalIgnoreCase)).ToArray();
        Assert.NotEmpty(program);
        Assert.All(program, name => Assert.Contains($"\n{name} ", notice));
    }

    [Fact]
    public void ACopyThatLiesInACheckoutIsNotThatCheckout()
    {
        File.WriteAllText(Path.Combine(folder, "Reverie.slnx"), "");
        var program = Directory.CreateDirectory(Path.Combine(folder, "unpacked", "program")).FullName;
        Assert.Equal(folder, Checkout.Of(program).Root);
        Directory.CreateDirectory(Path.Combine(folder, "unpacked", "scripts"));
        File.WriteAllText(Path.Combine(folder, "unpacked", "scripts", "packed.sh"), "");
        Assert.StartsWith("pack needs a checkout", Assert.ThrowsAny<ReverieException>(() => Checkout.Of(program)).Message);
    }

    private static (int Code, string Output, string Error) Pack(params string[] arguments)
    {
        using var process = CliProcess.Start(["pack", .. arguments]);
        return process.Wait();
    }

    private string Start(string unpacked, string verb)
    {
        var start = new ProcessStartInfo(Path.Combine(unpacked, "reverie"), [verb])
        {
            RedirectStandardOutput = true, WorkingDirectory = folder,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
