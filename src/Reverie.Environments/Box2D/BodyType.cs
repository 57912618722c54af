namespace Reverie.Environments.Box2D;

/// <summary>How a body moves, numbered as Box2D does.</summary>
public enum BodyType
{
    /// <summary>Not at all.</summary>
    Static,

    /// <summary>By its velocity alone.</summary>
    Kinematic,

    /// <summary>By forces.</summary>
    Dynamic,
}
