namespace Reverie.Environments.Mujoco;

/// <summary>
/// One MuJoCo model and its state. Arrays are MuJoCo's own memory, found by their names in <c>mjModel</c> and
/// <c>mjData</c>: writing into them changes the simulation. Not thread-safe.
/// </summary>
public sealed class Physics : IDisposable
{
    private readonly Dictionary<(Owner, string), Field> fields = [];
    private nint handle;

    /// <summary>Compiles a model from MJCF text.</summary>
    /// <exception cref="NativeException">The text is no model, or MuJoCo is not there.</exception>
    public Physics(string xml)
    {
        Xml = xml;
        handle = MujocoBinding.Load(xml);
        Nq = Integer("nq");
        Nv = Integer("nv");
        Nu = Integer("nu");
        Na = Integer("na");
        Timestep = Option("timestep")[0];
        IsRk4 = MujocoBinding.Span<int>(Find(Owner.Option, "integrator", FieldKind.Int))[0] == 1;
    }

    /// <summary>Version of the installed library: 222 is 2.2.2.</summary>
    public static int LibraryVersion => MujocoBinding.Version;

    /// <summary>The text it was compiled from.</summary>
    public string Xml { get; }

    /// <summary>Number of positions.</summary>
    public int Nq { get; }

    /// <summary>Number of velocities.</summary>
    public int Nv { get; }

    /// <summary>Number of controls.</summary>
    public int Nu { get; }

    /// <summary>Number of actuator activations.</summary>
    public int Na { get; }

    /// <summary>Seconds of one physics step.</summary>
    public double Timestep { get; }

    /// <summary>Whether the model integrates with Runge–Kutta of fourth order rather than Euler.</summary>
    public bool IsRk4 { get; }

    /// <summary>Positions, (nq).</summary>
    public Span<double> Qpos => Data("qpos");

    /// <summary>Velocities, (nv).</summary>
    public Span<double> Qvel => Data("qvel");

    /// <summary>Controls, (nu).</summary>
    public Span<double> Ctrl => Data("ctrl");

    /// <summary>Simulated seconds since the reset.</summary>
    public double Time
    {
        get => Data("time")[0];
        set => Data("time")[0] = value;
    }

    /// <summary>Warnings (bad state, full buffer) counted since the reset.</summary>
    public int Warnings => MujocoBinding.Warnings(Handle);

    /// <summary>Number of contacts between geoms in the present state.</summary>
    public int Contacts => MujocoBinding.Span<int>(Find(Owner.Data, "ncon", FieldKind.Int))[0];

    /// <summary>Text of the last warning.</summary>
    public static string LastWarning => MujocoBinding.LastWarning();

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Physics));

    /// <summary>An array of doubles of <c>mjData</c>, or a scalar as an array of one.</summary>
    public Span<double> Data(string name) => MujocoBinding.Span<double>(Find(Owner.Data, name, FieldKind.Double));

    /// <summary>A whole array of <c>mjData</c>, found once.</summary>
    public DataView View(string name)
    {
        var field = Find(Owner.Data, name, FieldKind.Double);
        return new DataView(this, field, 0, field.Length);
    }

    /// <summary>What one object has in an array of <c>mjData</c>: the 9 entries of <c>xmat</c> of a body, the 3 of
    /// <c>site_xpos</c> of a site, …</summary>
    /// <param name="array">An array with one row per object of that type.</param>
    /// <param name="type">As MJCF calls it: body, geom, site.</param>
    /// <param name="name">The object's name.</param>
    /// <exception cref="NativeException">There is none.</exception>
    public DataView View(string array, string type, string name)
    {
        var field = Find(Owner.Data, array, FieldKind.Double);
        var (start, width) = Row(field, type, name);
        return new DataView(this, field, start, width);
    }

    /// <summary>The reading of a sensor.</summary>
    /// <exception cref="NativeException">There is none of that name.</exception>
    public DataView Sensor(string name)
    {
        var id = Id("sensor", name);
        return new DataView(this, Find(Owner.Data, "sensordata", FieldKind.Double),
            ModelInts("sensor_adr")[id], ModelInts("sensor_dim")[id]);
    }

    /// <summary>An array of doubles of <c>mjModel</c>; also <c>stat.extent</c>, <c>stat.center</c> and
    /// <c>stat.meaninertia</c>.</summary>
    public Span<double> Model(string name) => MujocoBinding.Span<double>(Find(Owner.Model, name, FieldKind.Double));

    /// <summary>What one object has in an array of doubles of <c>mjModel</c>: the 3 entries of <c>geom_pos</c> of a
    /// geom, …</summary>
    /// <param name="array">An array with one row per object of that type.</param>
    /// <param name="type">As MJCF calls it: body, geom, site.</param>
    /// <param name="name">The object's name.</param>
    /// <exception cref="NativeException">There is none.</exception>
    public Span<double> Model(string array, string type, string name)
    {
        var field = Find(Owner.Model, array, FieldKind.Double);
        var (start, width) = Row(field, type, name);
        return MujocoBinding.Span<double>(field).Slice(start, width);
    }

    /// <summary>An array of floats of <c>mjModel</c> (colours).</summary>
    public Span<float> ModelFloats(string name) =>
        MujocoBinding.Span<float>(Find(Owner.Model, name, FieldKind.Float));

    /// <summary>An array of integers of <c>mjModel</c>, or a size such as <c>nbody</c>.</summary>
    public Span<int> ModelInts(string name) => MujocoBinding.Span<int>(Find(Owner.Model, name, FieldKind.Int));

    /// <summary>A number or vector of <c>mjOption</c>.</summary>
    public Span<double> Option(string name) => MujocoBinding.Span<double>(Find(Owner.Option, name, FieldKind.Double));

    /// <summary>Element kind of a field of the model.</summary>
    internal FieldKind KindOfModel(string name) => MujocoBinding.FieldOf(Handle, Owner.Model, name).Kind;

    /// <summary>Number of elements of a field of the model.</summary>
    internal int LengthOfModel(string name) => MujocoBinding.FieldOf(Handle, Owner.Model, name).Length;

    /// <summary>Index of an object.</summary>
    /// <param name="type">As MJCF calls it: body, joint, geom, site, camera, actuator, sensor.</param>
    /// <param name="name">Its name in the model.</param>
    /// <exception cref="NativeException">There is none.</exception>
    public int Id(string type, string name)
    {
        var id = MujocoBinding.Id(Handle, type, name);
        MujocoBinding.Ensure(id + 1);
        return id;
    }

    /// <summary>Back to the model's own state at time 0, all controls and warm starts zero.</summary>
    public void Reset() => MujocoBinding.Ensure(MujocoBinding.Reset(Handle));

    /// <summary>Computes all that follows from the state.</summary>
    /// <param name="quiet">Leaves the actuators out.</param>
    public void Forward(bool quiet = false) => MujocoBinding.Ensure(MujocoBinding.Forward(Handle, quiet ? 1 : 0));

    /// <summary>Computes what follows from the positions alone, such as places and contacts: a fraction of the work of
    /// <see cref="Forward"/>.</summary>
    public void ForwardPosition() => MujocoBinding.Ensure(MujocoBinding.Position(Handle));

    /// <summary>
    /// One control step: <paramref name="count"/> physics steps that end with positions, velocities and all that
    /// follows from them up to date. Euler models use what the last step already computed for their first half.
    /// </summary>
    public void Step(int count) => MujocoBinding.Ensure(MujocoBinding.Advance(Handle, count));

    /// <inheritdoc/>
    public void Dispose()
    {
        MujocoBinding.Free(handle);
        handle = 0;
        fields.Clear();
    }

    private (int Start, int Width) Row(Field array, string type, string name)
    {
        var width = array.Length / Integer("n" + type);
        return (width * Id(type, name), width);
    }

    private int Integer(string name) => ModelInts(name)[0];

    private Field Find(Owner owner, string name, FieldKind kind)
    {
        var live = Handle;
        if (!fields.TryGetValue((owner, name), out var field))
            fields[(owner, name)] = field = MujocoBinding.FieldOf(live, owner, name);
        if (field.Kind != kind)
            throw new ArgumentException($"the MuJoCo array '{name}' holds {field.Kind} elements, not {kind}");
        return field;
    }
}
