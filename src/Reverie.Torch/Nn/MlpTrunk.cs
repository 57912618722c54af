namespace Reverie.Torch.Nn;

/// <summary>Dense layers of equal width, each with its norm and activation: (…, in) → (…, <see cref="OutputSize"/>). What
/// several outputs share, or the hidden layers of an <see cref="Mlp"/>.</summary>
public sealed class MlpTrunk : Module
{
    private readonly Func<Tensor, Tensor>[] layers;

    /// <summary>Makes <paramref name="layers"/> layers named <c>layer0</c>…: each a <see cref="Linear"/> with its
    /// activation, or with a norm a <see cref="Dense"/>. With no layers it is the identity.</summary>
    public MlpTrunk(long inputs, int layers, long units, string activation, Initializer init, string norm = "none")
    {
        Dense.RequireNorm(norm);
        OutputSize = layers == 0 ? inputs : units;
        this.layers = new Func<Tensor, Tensor>[layers];
        for (var i = 0; i < layers; i++)
        {
            var (name, width) = ($"layer{i}", i == 0 ? inputs : units);
            this.layers[i] = norm == "none"
                ? base.Register<global::Reverie.Torch.Nn.Linear>(name, new global::Reverie.Torch.Nn.Linear(width, units, init, activation: activation)).Forward
                : base.Register<global::Reverie.Torch.Nn.Dense>(name, new global::Reverie.Torch.Nn.Dense(width, units, activation, init, norm)).Forward;
        }
    }

    /// <summary>Width of the result.</summary>
    public long OutputSize { get; }

    /// <summary>Applies the layers.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        foreach (var layer in layers) x = layer(x);
        return x;
    }
}
