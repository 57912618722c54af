namespace Reverie.Torch;

/// <summary>
/// While open, products and convolutions of this thread's modules compute in a narrower type from copies of their
/// parameters; the parameters themselves, their gradients, and every loss stay float32. Each parameter is converted
/// once. Whether gradients are recorded must not change while it is open.
/// </summary>
public readonly ref struct Autocast : IDisposable
{
    [ThreadStatic] private static Session? current;

    private readonly Session? before;

    /// <summary>Opens with <paramref name="dtype"/>; null or float32 converts nothing.</summary>
    public Autocast(DType? dtype)
    {
        before = current;
        current = dtype is null or DType.Float32 ? null : new Session(dtype.Value, TensorScope.Innermost);
    }

    /// <summary>The type to compute in, or null where no session is open.</summary>
    public static DType? Type => current?.Type;

    /// <summary>An input in the type to compute in.</summary>
    public static Tensor Input(Tensor x) => current is { } session ? x.To(session.Type) : x;

    /// <summary>A parameter in the type to compute in, converted once a session.</summary>
    public static Tensor Weight(Tensor parameter) => current is { } session ? session.Convert(parameter) : parameter;

    /// <summary>Goes back to what was.</summary>
    public void Dispose() => current = before;

    private sealed class Session(DType type, TensorScope.Arena owner)
    {
        private readonly Dictionary<Tensor, Tensor> converted = [];

        internal DType Type => type;

        internal Tensor Convert(Tensor parameter)
        {
            if (converted.TryGetValue(parameter, out var known)) return known;
            var made = parameter.To(type);
            if (made != parameter)
            {
                made.Keep();            // an inner scope must not free what later calls use
                owner.Add(made);
            }
            return converted[parameter] = made;
        }
    }
}
