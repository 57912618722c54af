namespace Reverie.Cli.Play;

/// <summary>The terminal's keys, which are not shown.</summary>
internal sealed class ConsoleKeyboard : IKeyboard
{
    /// <inheritdoc/>
    public ConsoleKey? Next() => Console.KeyAvailable ? Console.ReadKey(intercept: true).Key : null;
}
