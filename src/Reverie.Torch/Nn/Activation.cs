namespace Reverie.Torch.Nn;

/// <summary>Activations by the names that configurations use.</summary>
public static class Activation
{
    /// <summary>The function of that name: <c>relu</c>, <c>elu</c>, <c>silu</c>, <c>tanh</c> or <c>none</c>.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Func<Tensor, Tensor> ByName(string name) => name switch
    {
        "relu" => x => x.Relu(),
        "elu" => x => x.Elu(),
        "silu" => x => x.Silu(),
        "tanh" => x => x.Tanh(),
        "none" => x => x,
        _ => throw new ArgumentException($"activation '{name}' is unknown; use relu, elu, silu, tanh or none", nameof(name)),
    };
}
