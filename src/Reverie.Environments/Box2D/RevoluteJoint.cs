namespace Reverie.Environments.Box2D;

/// <summary>A hinge of a <see cref="World"/>, which owns it.</summary>
public readonly struct RevoluteJoint
{
    private readonly World world;
    private readonly nint handle;

    internal RevoluteJoint(World world, nint handle) => (this.world, this.handle) = (world, handle);

    /// <summary>Angle of B less angle of A less the reference angle, radians.</summary>
    public float Angle => Box2DBinding.JointAngle(Handle);

    private nint Handle
    {
        get
        {
            _ = world.Handle;
            return handle;
        }
    }

    /// <summary>Radians a second that the motor aims at from now on.</summary>
    /// <exception cref="NativeException">The speed is not finite.</exception>
    public void SetMotorSpeed(float speed) => Box2DBinding.Ensure(Box2DBinding.MotorSpeed(Handle, speed));
}
