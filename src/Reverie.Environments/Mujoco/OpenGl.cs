namespace Reverie.Environments.Mujoco;

/// <summary>The OpenGL that this process draws with.</summary>
public static class OpenGl
{
    /// <summary>The kind that the configuration calls <c>auto</c>, <c>osmesa</c> or <c>egl</c>.</summary>
    /// <exception cref="ConfigurationException">Another name.</exception>
    public static OpenGlKind Named(string name) => name switch
    {
        "auto" => OpenGlKind.Auto,
        "osmesa" => OpenGlKind.OsMesa,
        "egl" => OpenGlKind.Egl,
        _ => throw new ConfigurationException($"the OpenGL is auto, osmesa or egl, not '{name}'"),
    };

    /// <summary>Opens it, if this process has not, and tells what it is.</summary>
    /// <exception cref="NativeException">It is missing, or this process draws with another.</exception>
    public static GraphicsInfo Describe(OpenGlKind kind)
    {
        MujocoBinding.OpenGl(kind);
        return new GraphicsInfo(
            MujocoBinding.GlText(0), MujocoBinding.GlText(1), MujocoBinding.GlText(2), MujocoBinding.GlText(3));
    }
}
