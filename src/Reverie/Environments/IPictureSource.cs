namespace Reverie.Environments;

/// <summary>
/// An environment that can draw its present state. It draws when asked, so that pictures between decisions, which
/// nobody sees, cost nothing: <see cref="PixelObservation"/> asks once a decision.
/// </summary>
public interface IPictureSource
{
    /// <summary>Size of the pictures.</summary>
    ImageSpace Picture { get; }

    /// <summary>A new picture of the present state, uint8 (H, W, C), rows from top to bottom.</summary>
    byte[] Draw();
}
