using Reverie.Configuration;

namespace Reverie.Environments.Mujoco;

/// <summary>Settings of whatever MuJoCo draws: <c>environment.quality</c>, <c>environment.gl</c>.</summary>
public sealed record MujocoSettings
{
    /// <summary>Picture quality: suite (as published) or fast.</summary>
    [Setting("picture quality: suite (as published) or fast", OneOf = ["suite", "fast"])]
    public string Quality { get; init; } = "suite";

    /// <summary>OpenGL that draws: osmesa (software), egl (a graphics card if there is one), auto (osmesa, else egl).</summary>
    [Setting("OpenGL that draws: osmesa (software), egl (a graphics card if there is one), auto (osmesa, else egl)",
        OneOf = ["auto", "osmesa", "egl"])]
    public string Gl { get; init; } = "auto";
}
