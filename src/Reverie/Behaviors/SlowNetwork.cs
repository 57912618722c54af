using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Behaviors;

/// <summary>Networks that follow another one.</summary>
internal static class SlowNetwork
{
    /// <summary>Goes part of the way to another network of the same sizes: θ ← θ + f·(θ' − θ); all of it for f = 1.</summary>
    public static void Move(Module slow, Module towards, double fraction)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        foreach (var (own, target) in slow.Parameters().Zip(towards.Parameters()))
            own.Copy_(fraction == 1 ? target : own + (target - own) * fraction);
    }
}
