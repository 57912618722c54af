namespace Reverie.Pictures;

/// <summary>Writes a file whole: under another name beside it first, so that a failure leaves the old one.</summary>
internal static class OutputFile
{
    public static void Write(string path, Action<Stream> content)
    {
        string beside = path + ".part";
        try
        {
            using (FileStream stream = File.Create(beside))
                content(stream);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            TryDelete(beside);
            throw new DataException($"cannot write {path}: {e.Message}", e);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The write's own error is the one to tell.
        }
    }
}
