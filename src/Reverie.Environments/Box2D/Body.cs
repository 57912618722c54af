namespace Reverie.Environments.Box2D;

/// <summary>A body of a <see cref="World"/>, which owns it.</summary>
public readonly struct Body
{
    private readonly World world;
    private readonly nint handle;

    internal Body(World world, nint handle) => (this.world, this.handle) = (world, handle);

    /// <summary>Place and motion.</summary>
    public Pose Pose => Box2DBinding.PoseOf(Handle);

    /// <summary>Mass, inertia and centre.</summary>
    public Mass Mass => Box2DBinding.MassOf(Handle);

    // A world that is gone has taken its bodies along.
    internal nint Handle
    {
        get
        {
            _ = world.Handle;
            return handle;
        }
    }

    /// <summary>Gives it a convex polygon.</summary>
    /// <param name="corners">x and y of 3 to 8 corners in the body's coordinates; their hull is taken.</param>
    /// <param name="definition">What it is made of.</param>
    /// <exception cref="NativeException">The corners are no polygon.</exception>
    public void AddPolygon(ReadOnlySpan<float> corners, FixtureDefinition definition) =>
        Box2DBinding.AddPolygon(Handle, corners, definition);

    /// <summary>x and y of the corners of its latest polygon, as Box2D ordered them: counter-clockwise from the
    /// right-most.</summary>
    public float[] Corners()
    {
        Span<float> corners = stackalloc float[16];
        return corners[..(2 * Box2DBinding.Corners(Handle, corners))].ToArray();
    }

    /// <summary>Pushes at the centre of mass during the next step, and wakes the body.</summary>
    /// <exception cref="NativeException">The force is not finite.</exception>
    public void Push(float x, float y) => Box2DBinding.Ensure(Box2DBinding.Force(Handle, x, y));

    /// <summary>Takes it out of its world, with its joints; contacts that end by that are told.</summary>
    public void Remove() => Box2DBinding.Ensure(Box2DBinding.FreeBody(world.Handle, handle));
}
