using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Reverie.Torch;

/// <summary>
/// What this machine's processor can, and how much of it is used: all, or up to what <c>REVERIE_ISA</c> names. Our own
/// kernels, ATen, oneDNN and the BLAS keep to it. It holds for a whole process, since libraries choose their kernels
/// when they are loaded.
/// </summary>
public static partial class Processor
{
    /// <summary>The variable that lowers the level to <c>avx2</c>, <c>avx512</c>, <c>avx512_bf16</c> or
    /// <c>amx</c>.</summary>
    public const string Variable = "REVERIE_ISA";

    private static readonly (InstructionSet Level, string Word)[] Words =
    [
        (InstructionSet.Avx2, "avx2"), (InstructionSet.Avx512, "avx512"),
        (InstructionSet.Avx512BFloat16, "avx512_bf16"), (InstructionSet.Amx, "amx"),
    ];

    private static readonly Lazy<InstructionSet> Level = new(
        () => Allowed(Environment.GetEnvironmentVariable(Variable), Has), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The highest level of the processor that this process may use.</summary>
    public static InstructionSet Has { get; } = Detect();

    /// <summary>The level at which tensors are computed.</summary>
    /// <exception cref="TorchException"><c>REVERIE_ISA</c> names none, or one that the processor lacks.</exception>
    public static InstructionSet InForce => Level.Value;

    /// <summary>Levels that <c>REVERIE_ISA</c> can be set to here, from the lowest.</summary>
    public static IReadOnlyList<InstructionSet> Levels { get; } =
        [.. Words.Select(one => one.Level).Where(level => level <= Has)];

    /// <summary>True where bfloat16 is multiplied faster than float32 at the level in force.</summary>
    public static bool LikesBFloat16 => InForce >= InstructionSet.Avx512BFloat16;

    /// <summary>The word for a level, as <c>REVERIE_ISA</c> takes it; <c>baseline</c> for the lowest, which cannot be
    /// asked for.</summary>
    public static string NameOf(InstructionSet level) =>
        Words.FirstOrDefault(one => one.Level == level).Word ?? "baseline";

    /// <summary>The level of a word, as <see cref="NameOf"/> gives it; null where no level is called that.</summary>
    public static InstructionSet? Named(string word)
    {
        var known = Words.FirstOrDefault(one => one.Word == word);
        return known.Word is null ? null : known.Level;
    }

    /// <summary>The level that comes to force where <paramref name="asked"/> is (null or empty: all that is
    /// there).</summary>
    /// <exception cref="TorchException">It is no level, or more than <paramref name="has"/>.</exception>
    internal static InstructionSet Allowed(string? asked, InstructionSet has)
    {
        if (string.IsNullOrEmpty(asked)) return has;
        if (Named(asked) is not { } level)
            throw new TorchException(
                $"{Variable} is '{asked}', which is none of {string.Join(", ", Words.Select(one => one.Word))}");
        if (level > has)
            throw new TorchException($"{Variable} is {asked}, but this processor has no more than {NameOf(has)}; "
                + (has < InstructionSet.Avx2 ? "unset it" : "set it to that or less, or unset it"));
        return level;
    }

    /// <summary>Variables that keep the libraries below to a level. Where nothing is lowered it is ATen's alone, which
    /// takes AVX2 even on processors with AVX-512 unless told.</summary>
    internal static IEnumerable<(string Name, string Value)> Variables(InstructionSet level, InstructionSet has)
    {
        if (level >= InstructionSet.Avx512) yield return ("ATEN_CPU_CAPABILITY", "avx512");
        if (level >= has) yield break;
        if (level < InstructionSet.Avx512) yield return ("ATEN_CPU_CAPABILITY", "avx2");
        var (oneDnn, openBlas, mkl) = level switch
        {
            InstructionSet.Avx2 => ("AVX2", "Haswell", "AVX2"),
            InstructionSet.Avx512 => ("AVX512_CORE", "SkylakeX", "AVX512"),
            _ => ("AVX512_CORE_BF16", "Cooperlake", "AVX512_E3"),
        };
        yield return ("ONEDNN_MAX_CPU_ISA", oneDnn);
        yield return ("OPENBLAS_CORETYPE", openBlas);
        yield return ("MKL_ENABLE_INSTRUCTIONS", mkl);
    }

    private static InstructionSet Detect()
    {
        if (!Avx2.IsSupported || !Fma.IsSupported) return InstructionSet.Baseline;
        if (!Avx512BW.VL.IsSupported || !Avx512DQ.VL.IsSupported || !Avx512CD.VL.IsSupported)
            return InstructionSet.Avx2;
        if (!Bit(X86Base.CpuId(7, 1).Eax, 5)) return InstructionSet.Avx512;
        var features = X86Base.CpuId(7, 0).Edx;
        var tiles = Bit(features, 22) && Bit(features, 24) && MayUseTiles();
        return tiles ? InstructionSet.Amx : InstructionSet.Avx512BFloat16;
    }

    private static bool Bit(int register, int bit) => (register >> bit & 1) != 0;

    // Linux grants a process the tiles' registers when it asks for them.
    private static bool MayUseTiles()
    {
        const long ArchPrctl = 158, RequestPermission = 0x1023, TileData = 18;
        return OperatingSystem.IsLinux() && syscall(ArchPrctl, RequestPermission, TileData) == 0;
    }

    [LibraryImport("libc")] private static partial long syscall(long number, long code, long argument);
}
