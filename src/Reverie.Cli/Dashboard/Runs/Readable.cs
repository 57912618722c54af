namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What was read of a file of a run, or why it could not be: one run's damage is told, and is no fault of the
/// page.</summary>
/// <param name="Value">What it holds; null where it is missing or damaged.</param>
/// <param name="Damage">What is wrong with it, in a line that names it; null where nothing is.</param>
internal readonly record struct Readable<T>(T? Value, string? Damage) where T : class
{
    /// <summary>Reads a file.</summary>
    /// <param name="folder">Opens it.</param>
    /// <param name="path">The file; one that is not there is no damage.</param>
    /// <param name="atMost">Bytes that it may have.</param>
    /// <param name="parse">Makes something of its bytes.</param>
    public static Readable<T> Of(RunsFolder folder, string path, long atMost, Func<byte[], T> parse) =>
        Of(folder, path, () => parse(folder.ReadAllBytes(path, atMost)));

    /// <summary>Reads a file in a way of one's own.</summary>
    public static Readable<T> Of(RunsFolder folder, string path, Func<T> read)
    {
        try
        {
            return new(read(), null);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
        catch (InvalidDataException fault)
        {
            return new(null, $"{Path.GetFileName(path)}: {folder.Told(fault)}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(null, folder.Told(fault));
        }
    }
}
