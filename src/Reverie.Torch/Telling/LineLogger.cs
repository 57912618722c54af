using Microsoft.Extensions.Logging;

namespace Reverie;

/// <summary>A logger that gives what the user should know to an action, a line each: information and all above, whatever
/// the level. As thread-safe as the action.</summary>
/// <param name="take">Takes the lines.</param>
public sealed class LineLogger(Action<string> take) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) take(formatter(state, exception));
    }
}
