namespace Reverie.Torch.Nn;

/// <summary>Dense layers of equal width with an activation, then a linear one: (…, in) → (…, out).</summary>
public sealed class Mlp : Module
{
    private readonly Linear[] _layers;

    /// <summary>Makes <paramref name="layers"/> hidden layers named <c>layer0</c>… and the last one, <c>out</c>.</summary>
    public Mlp(long inputs, int layers, long units, long outputs, string activation, Initializer init)
    {
        _layers = new Linear[layers + 1];
        for (var i = 0; i < layers; i++)
            _layers[i] = Register($"layer{i}", new Linear(i == 0 ? inputs : units, units, init, activation: activation));
        _layers[layers] = Register("out", new Linear(layers == 0 ? inputs : units, outputs, init));
    }

    /// <summary>Applies the layers.</summary>
    public Tensor Forward(Tensor x)
    {
        using var observed = Profile.Of(this);
        foreach (var layer in _layers) x = layer.Forward(x);
        return x;
    }
}
