namespace Reverie.Torch;

/// <summary>What a processor's instructions can, as far as kernels differ by it; each holds those before it.</summary>
public enum InstructionSet
{
    /// <summary>What every processor of the architecture has.</summary>
    Baseline,

    /// <summary>AVX2 with fused products: vectors of 8 floats.</summary>
    Avx2,

    /// <summary>AVX-512 (F, BW, CD, DQ, VL): vectors of 16 floats.</summary>
    Avx512,

    /// <summary>AVX-512 with products of bfloat16.</summary>
    Avx512BFloat16,

    /// <summary>Matrix tiles for bfloat16.</summary>
    Amx,
}
