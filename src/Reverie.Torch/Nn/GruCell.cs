namespace Reverie.Torch.Nn;

/// <summary>A gated recurrent cell: (x, h) → h'. Four different cells go by the name of GRU in this field.</summary>
public abstract class GruCell : Module
{
    /// <summary>One step: x (B, X), h (B, D) → (B, D).</summary>
    public abstract Tensor Forward(Tensor x, Tensor h);

    /// <summary>The cell of that name: <c>planet</c>, <c>torch</c> or <c>norm</c>.</summary>
    public static GruCell ByName(string name, long inputs, long units, Initializer init) => name switch
    {
        "planet" => new PlanetGruCell(inputs, units, init),
        "torch" => new TorchGruCell(inputs, units, init),
        "norm" => new NormGruCell(inputs, units, init),
        _ => throw new ArgumentException($"gru cell '{name}' is unknown; use planet, torch or norm", nameof(name)),
    };
}
