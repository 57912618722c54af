namespace Reverie.Environments.Mujoco;

/// <summary>
/// Which OpenGL draws. MuJoCo takes its functions from one library for the life of the process, so the first picture
/// decides, and asking for the other one later is refused.
/// </summary>
public enum OpenGlKind
{
    /// <summary>What the process uses already; else OSMesa where it is installed, else EGL.</summary>
    Auto,

    /// <summary>Mesa's off-screen library: software, the published bytes.</summary>
    OsMesa,

    /// <summary>A graphics card without a window; Mesa's software where there is none.</summary>
    Egl,
}
