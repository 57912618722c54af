using System.Runtime.InteropServices;

namespace Reverie.Environments.Box2D;

/// <summary>A hinge between two bodies; the layout is that of the binding. Angles are radians.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RevoluteDefinition
{
    /// <summary>The hinge in coordinates of body A.</summary>
    public float AnchorAX { get; init; }

    /// <inheritdoc cref="AnchorAX"/>
    public float AnchorAY { get; init; }

    /// <summary>The hinge in coordinates of body B.</summary>
    public float AnchorBX { get; init; }

    /// <inheritdoc cref="AnchorBX"/>
    public float AnchorBY { get; init; }

    /// <summary>Angle of B less angle of A at which the joint's own angle is 0.</summary>
    public float ReferenceAngle { get; init; }

    /// <summary>Least joint angle, where limits are on.</summary>
    public float LowerAngle { get; init; }

    /// <summary>Greatest joint angle, where limits are on.</summary>
    public float UpperAngle { get; init; }

    /// <summary>What the motor can exert.</summary>
    public float MaxMotorTorque { get; init; }

    /// <summary>Radians a second that the motor aims at.</summary>
    public float MotorSpeed { get; init; }

    /// <summary>1 where limits are on.</summary>
    public int EnableLimit { get; init; }

    /// <summary>1 where the motor is on.</summary>
    public int EnableMotor { get; init; }

    /// <summary>1 where the two bodies touch each other.</summary>
    public int CollideConnected { get; init; }
}
