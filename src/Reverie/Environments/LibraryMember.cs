namespace Reverie.Environments;

/// <summary>Something in a class library, as it is written: <c>PATH.dll:NAME</c>, or the file alone.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">What in it; null where the file alone is named.</param>
internal readonly record struct LibraryMember(string Path, string? Name)
{
    private const string Extension = ".dll";

    /// <summary>Whether a name is of this kind.</summary>
    public static bool IsOne(string written) =>
        Of(written).Path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Its two parts: the name comes after the last colon, unless that stands before the end of the file's
    /// name.</summary>
    public static LibraryMember Of(string written)
    {
        var colon = written.LastIndexOf(Extension + ":", StringComparison.OrdinalIgnoreCase);
        return colon < 0 ? new(written, null)
            : new(written[..(colon + Extension.Length)], written[(colon + Extension.Length + 1)..]);
    }

    /// <summary>The file's whole path: as it is written, or if it is gone, under its name in the folders of
    /// <see cref="AssemblyTasks.FoldersVariable"/>.</summary>
    /// <param name="what">Who asks, as the line begins: <c>task X</c>.</param>
    /// <exception cref="EnvironmentException">There is no such file.</exception>
    public string Locate(string what)
    {
        var path = System.IO.Path.GetFullPath(Path);
        if (File.Exists(path)) return path;
        var folders = (Environment.GetEnvironmentVariable(AssemblyTasks.FoldersVariable) ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => System.IO.Path.GetFullPath(
                System.IO.Path.Combine(folder, System.IO.Path.GetFileName(path)))).FirstOrDefault(File.Exists)
            ?? throw new EnvironmentException($"{what}: there is no file {path}; build it (dotnet build -c Release), "
                + $"or if it has moved, set {AssemblyTasks.FoldersVariable} to its folder");
    }
}
