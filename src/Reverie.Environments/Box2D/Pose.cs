using System.Runtime.InteropServices;

namespace Reverie.Environments.Box2D;

/// <summary>Where a body is and how it moves; the layout is that of the binding.</summary>
/// <param name="X">Of the body's origin.</param>
/// <param name="Y">Of the body's origin.</param>
/// <param name="Angle">Radians, unbounded.</param>
/// <param name="VelocityX">Of the centre of mass.</param>
/// <param name="VelocityY">Of the centre of mass.</param>
/// <param name="AngularVelocity">Radians a second.</param>
/// <param name="RightX">The body's x axis in the world.</param>
/// <param name="RightY">The body's x axis in the world.</param>
/// <param name="UpX">The body's y axis in the world.</param>
/// <param name="UpY">The body's y axis in the world.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Pose(float X, float Y, float Angle, float VelocityX, float VelocityY,
    float AngularVelocity, float RightX, float RightY, float UpX, float UpY);
