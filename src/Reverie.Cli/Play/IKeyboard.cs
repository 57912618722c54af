namespace Reverie.Cli.Play;

/// <summary>Where keys come from.</summary>
internal interface IKeyboard
{
    /// <summary>The next key that was pressed, or null where none waits.</summary>
    ConsoleKey? Next();
}
