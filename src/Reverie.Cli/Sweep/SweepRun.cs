using Reverie.Configuration;

namespace Reverie.Cli.Sweep;

/// <summary>A run of a sweep.</summary>
/// <param name="Name">name of its folder</param>
/// <param name="Folder">its folder</param>
/// <param name="Resolved">its settings</param>
/// <param name="Words">what <c>reverie</c> is started with to begin it or to go on</param>
internal sealed record SweepRun(string Name, string Folder, ResolvedConfig Resolved, IReadOnlyList<string> Words);
