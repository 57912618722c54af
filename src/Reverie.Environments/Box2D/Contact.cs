using System.Runtime.InteropServices;

namespace Reverie.Environments.Box2D;

/// <summary>Two fixtures began or ceased to touch; the layout is that of the binding.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Contact
{
    private readonly int begins;

    /// <summary>Whether it began.</summary>
    public bool Begins => begins != 0;

    /// <summary>Tag of one body.</summary>
    public int TagA { get; }

    /// <summary>Tag of the other.</summary>
    public int TagB { get; }
}
