namespace Reverie.Torch.Nn;

/// <summary>Rules that an <see cref="Initializer"/> draws weights by.</summary>
public enum InitRule
{
    /// <summary><see cref="Initializer.GlorotUniform"/>, of PlaNet to DreamerV2.</summary>
    Glorot,

    /// <summary><see cref="Initializer.TruncatedNormal"/>, of DreamerV3.</summary>
    TruncatedNormal,
}
