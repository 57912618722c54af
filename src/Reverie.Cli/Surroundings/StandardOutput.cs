using System.Runtime.InteropServices;

namespace Reverie.Cli.Surroundings;

/// <summary>Keeps standard output for results where programs read it. What an environment prints, through
/// <see cref="Console"/> or past it from a library in C, goes to standard error.</summary>
internal static partial class StandardOutput
{
    private const int Output = 1, Error = 2, DuplicateCloseOnExec = 1030, FirstNumber = 3;

    private static int kept = -1;

    /// <summary>Takes it away from everybody who has no writer for it yet. On a terminal, where nobody but people read
    /// it, it is left.</summary>
    /// <returns>Where results are written.</returns>
    public static TextWriter Claim()
    {
        var results = Console.Out;      // has a copy of the descriptor, and goes on to write there
        if (!Console.IsOutputRedirected) return results;
        Console.SetOut(Console.Error);
        // One that was closed at the start is another file's number now.
        if (!StandardWriter.IsInherited(Output) || !StandardWriter.IsInherited(Error)) return results;
        kept = Duplicate(Output, DuplicateCloseOnExec, FirstNumber);
        Put(Error, Output);
        return results;
    }

    /// <summary>Puts the descriptor back, for one who takes it over.</summary>
    public static void GiveBack()
    {
        if (kept >= 0) Put(kept, Output);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Duplicate(int descriptor, int command, int least);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Put(int from, int to);
}
