namespace Reverie.Environments.Mujoco;

/// <summary>
/// Draws a <see cref="Physics"/> off screen through its fixed cameras. It belongs to no thread, but to one at a time:
/// between pictures another may take it over.
/// </summary>
public sealed class Renderer : IDisposable
{
    private const int ShadowBit = 1 << 0, ReflectionBit = 1 << 2;    // mjRND_SHADOW, mjRND_REFLECTION

    private readonly Physics physics;    // held: the native renderer reads its model and state
    private nint handle;

    /// <summary>Opens an OpenGL context for that physics.</summary>
    /// <param name="physics">What is drawn; it must live as long as the renderer.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="quality">What it is drawn with.</param>
    /// <param name="gl">The OpenGL that draws; a process keeps to the first one it used.</param>
    /// <exception cref="NativeException">It is missing, gives no context, or is not this process's OpenGL.</exception>
    public Renderer(Physics physics, int width, int height, PictureQuality quality, OpenGlKind gl = OpenGlKind.Auto)
    {
        (this.physics, Width, Height) = (physics, width, height);
        var without = (quality.Shadows ? 0 : ShadowBit) | (quality.Reflections ? 0 : ReflectionBit);
        handle = MujocoBinding.NewRenderer(physics.Handle, new Quality
        {
            Gl = (int)gl,
            Width = width,
            Height = height,
            Samples = quality.Samples,
            ShadowSize = quality.ShadowSize,
            Slices = quality.Slices,
            Stacks = quality.Stacks,
            Quads = quality.Quads,
            Without = without,
            Coarseness = quality.Coarseness,
        });
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Draws the current state through camera <paramref name="camera"/>.</summary>
    /// <param name="camera">In the order of the compiled model.</param>
    /// <param name="rgb">(Height, Width, 3), rows from top to bottom.</param>
    public void Draw(int camera, Span<byte> rgb)
    {
        ObjectDisposedException.ThrowIf(handle == 0, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rgb.Length, Height * Width * 3, nameof(rgb));
        _ = physics.Handle;
        MujocoBinding.Draw(handle, camera, rgb);
    }

    /// <summary>Draws into a new array.</summary>
    public byte[] Draw(int camera)
    {
        var rgb = new byte[Height * Width * 3];
        Draw(camera, rgb);
        return rgb;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        MujocoBinding.FreeRenderer(handle);
        handle = 0;
    }
}
