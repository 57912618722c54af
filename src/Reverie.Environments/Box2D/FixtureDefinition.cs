using System.Runtime.InteropServices;

namespace Reverie.Environments.Box2D;

/// <summary>What a polygon is made of and what it touches; the layout is that of the binding.</summary>
/// <param name="Density">Mass per area.</param>
/// <param name="Friction">Coulomb's coefficient.</param>
/// <param name="Restitution">0 does not bounce, 1 bounces fully.</param>
/// <param name="Category">Bits of what it is.</param>
/// <param name="Mask">Bits of what it touches; two fixtures meet where each mask has the other's category.</param>
/// <param name="Group">Same positive group: always touch; same negative: never; 0: categories decide.</param>
/// <param name="IsSensor">1 for a fixture that is told of contacts and does not push; 0 otherwise.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FixtureDefinition(float Density, float Friction = 0.2f, float Restitution = 0,
    int Category = 1, int Mask = 0xFFFF, int Group = 0, int IsSensor = 0);
