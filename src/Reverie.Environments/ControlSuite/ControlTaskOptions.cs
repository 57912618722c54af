using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>How a <see cref="ControlTask"/> is made.</summary>
/// <param name="Seed">Seed of its starts.</param>
/// <param name="Camera">Fixed camera of its pictures.</param>
/// <param name="Quality">What the pictures are drawn with.</param>
/// <param name="Gl">The OpenGL that draws them.</param>
/// <param name="PictureSize">Their rows, and pixels of a row; agents see 64.</param>
public sealed record ControlTaskOptions(
    int Seed, int Camera, PictureQuality Quality, OpenGlKind Gl = OpenGlKind.Auto, int PictureSize = 64);
