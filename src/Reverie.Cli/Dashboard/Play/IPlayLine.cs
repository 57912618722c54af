using Reverie.Dreams;

namespace Reverie.Cli.Dashboard.Play;

/// <summary>The way from a dream to who plays it.</summary>
internal interface IPlayLine
{
    /// <summary>Shows where the dream is.</summary>
    /// <param name="frame">The dream.</param>
    /// <param name="isPaused">Whether it stands still.</param>
    /// <param name="milliseconds">What computing it took.</param>
    void Send(DreamFrame frame, bool isPaused, double milliseconds);

    /// <summary>Says in a line what could not be done.</summary>
    void Refuse(string why);
}
