namespace Reverie.Cli.Pack;

/// <summary>One file of an archive.</summary>
/// <param name="Name">its path inside the archive's folder, with slashes</param>
/// <param name="Source">where it lies here</param>
/// <param name="Executable">whether it is started</param>
internal sealed record PackedFile(string Name, string Source, bool Executable = false);
