namespace Reverie.Cli.Dashboard;

/// <summary>More is asked of the dashboard than it does at once; the line says what to do.</summary>
internal sealed class BusyException(string message) : Exception(message);
