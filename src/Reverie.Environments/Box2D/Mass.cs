using System.Runtime.InteropServices;

namespace Reverie.Environments.Box2D;

/// <summary>What follows from a body's fixtures; the layout is that of the binding.</summary>
/// <param name="Total">Density times area.</param>
/// <param name="Inertia">About the body's origin.</param>
/// <param name="CentreX">Centre of mass, in the body's coordinates.</param>
/// <param name="CentreY">Centre of mass, in the body's coordinates.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Mass(float Total, float Inertia, float CentreX, float CentreY);
