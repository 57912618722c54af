namespace Reverie.Environments.Mujoco;

/// <summary>
/// Some entries of an array of <c>mjData</c>, found once by name and then read in place at every step.
/// </summary>
public readonly struct DataView
{
    private readonly Physics physics;
    private readonly Field array;
    private readonly int start, length;

    internal DataView(Physics physics, Field array, int start, int length) =>
        (this.physics, this.array, this.start, this.length) = (physics, array, start, length);

    /// <summary>The entries, MuJoCo's own memory.</summary>
    /// <exception cref="ObjectDisposedException">The physics is disposed.</exception>
    public Span<double> Span
    {
        get
        {
            _ = physics.Handle;
            return MujocoBinding.Span<double>(array).Slice(start, length);
        }
    }

    /// <summary>One entry.</summary>
    public double this[int index] => Span[index];
}
