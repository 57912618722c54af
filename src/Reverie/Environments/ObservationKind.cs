namespace Reverie.Environments;

/// <summary>What of its world an environment is asked to show: <c>model.encoder</c>.</summary>
public enum ObservationKind
{
    /// <summary>Pictures alone.</summary>
    Pixels,

    /// <summary>The vector alone; nothing is drawn.</summary>
    Vector,

    /// <summary>Both.</summary>
    Both,
}
