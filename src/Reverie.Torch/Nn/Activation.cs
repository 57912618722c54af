namespace Reverie.Torch.Nn;

/// <summary>Activations by the names that configurations use.</summary>
public sealed class Activation
{
    private static readonly Dictionary<string, Activation> All = new Activation[]
    {
        new("none", x => x, 0), new("relu", x => x.Relu(), 1), new("elu", x => x.Elu(), 2),
        new("tanh", x => x.Tanh(), 3), new("sigmoid", x => x.Sigmoid(), 4), new("silu", x => x.Silu(), null),
    }.ToDictionary(activation => activation.Name);

    private readonly Func<Tensor, Tensor> function;

    private Activation(string name, Func<Tensor, Tensor> function, long? number) =>
        (Name, this.function, Number) = (name, function, number);

    /// <summary>What configurations call it.</summary>
    public string Name { get; }

    /// <summary>The number by which layers compute it in their own pass, or null where none does
    /// (<c>native/amx_convolutions.h</c>).</summary>
    internal long? Number { get; }

    /// <summary>The activation of that name: <c>relu</c>, <c>elu</c>, <c>tanh</c>, <c>sigmoid</c>, <c>silu</c> or
    /// <c>none</c>.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Activation ByName(string name) => All.TryGetValue(name, out var found) ? found
        : throw new ArgumentException($"activation '{name}' is unknown; use relu, elu, tanh, sigmoid, silu or none", nameof(name));

    /// <summary>Applies it: the shape stays.</summary>
    public Tensor Of(Tensor x) => function(x);

    /// <summary>Applies it after a norm, which takes whether it is to do SiLU itself.</summary>
    internal Tensor AfterNorm(Func<bool, Tensor> norm) => Name == "silu" ? norm(true) : function(norm(false));

    /// <summary>Applies it after a layer, which takes the number of what it can do itself.</summary>
    internal Tensor After(Func<long, Tensor> layer) => Number is { } number ? layer(number) : function(layer(0));
}
