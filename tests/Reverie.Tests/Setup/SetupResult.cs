namespace Reverie.Tests.Setup;

/// <summary>How a script ended: its exit code, the lines of its two outputs, the time it took.</summary>
internal sealed record SetupResult(int ExitCode, string[] Output, string[] Errors, TimeSpan Elapsed);
