namespace Reverie.Cli.Pack;

/// <summary>Where the program was built: what a packed copy no longer has.</summary>
/// <param name="Root">the folder of <c>Reverie.slnx</c></param>
internal sealed record Checkout(string Root)
{
    /// <summary>Folder of the command line as <c>./reverie</c> builds it.</summary>
    public string Program => Path.Combine(Root, "src", "Reverie.Cli", "bin", "Release", "net10.0");

    /// <summary>The checkout that this program lies in.</summary>
    /// <exception cref="ReverieException">it lies in none, as a packed copy does</exception>
    public static Checkout OfProgram() => Of(AppContext.BaseDirectory);

    /// <summary>The checkout around <paramref name="folder"/>.</summary>
    /// <exception cref="ReverieException">there is none</exception>
    public static Checkout Of(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            // A copy may have been unpacked inside a checkout; its program is not that checkout's.
            if (File.Exists(Path.Combine(at.FullName, "scripts", "packed.sh")))
                break;
            if (File.Exists(Path.Combine(at.FullName, "Reverie.slnx")))
                return new Checkout(at.FullName);
        }
        throw new ReverieException("pack needs a checkout, and this program lies in none; an archive that is already "
            + "packed can be copied as it is");
    }
}
