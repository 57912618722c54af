using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Cli.Pack;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie pack</c>: one archive for machines without the .NET SDK and without a network.</summary>
internal sealed class PackVerb : Verb
{
    private readonly Option<string> output = new("--out")
    {
        Description = "the archive",
        HelpName = "FILE",
        DefaultValueFactory = _ => "reverie.tar.gz",
    };

    private readonly Option<bool> openGl = new("--opengl")
    {
        Description = "add OSMesa, for machines that have neither it nor EGL; the archive grows to about 100 MB",
    };

    private readonly Option<bool> force = new("--force") { Description = "replace an archive that is there" };

    public PackVerb() : base("pack", "Make one archive for machines without .NET, such as a cluster's nodes.")
    {
        Add(output);
        Add(openGl);
        Add(force);
    }

    public override string[] Examples =>
        ["reverie pack --out reverie.tar.gz", "reverie pack --out with-osmesa.tar.gz --opengl --force"];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var path = parsed.GetValue(output)!;
        if (Directory.Exists(path))
            throw new ReverieException($"{path} is a folder; name a file: --out {Path.Combine(path, "reverie.tar.gz")}");
        if (File.Exists(path) && !parsed.GetValue(force))
            throw new ReverieException($"{path} is there already; give --out another name, or --force to replace it");
        var checkout = Checkout.OfProgram();
        var files = PackContents.Of(checkout, parsed.GetValue(openGl));
        PackArchive.Write(path, PackContents.Folder, files, stop);
        foreach (var library in PackContents.WithoutLicense(files))
            report.Error.WriteLine($"reverie: found no licence of {library}; add it before you hand the archive on");
        var (bytes, unpacked) = (new FileInfo(path).Length, files.Sum(file => new FileInfo(file.Source).Length));
        report.Row(
            new { File = path, Bytes = bytes, Unpacked = unpacked, Files = files.Count, PackContents.Folder },
            $"{path}: {Megabytes(bytes)}, unpacks to {PackContents.Folder} ({Megabytes(unpacked)}); "
            + "there: ./reverie doctor");
        return 0;
    }

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e6:0.0} MB");
}
