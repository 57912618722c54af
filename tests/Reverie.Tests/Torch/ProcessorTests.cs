using Reverie.Tests.Cli;
using Reverie.Torch;

namespace Reverie.Tests.Torch;

/// <summary>The level of instructions in force, and what keeps to it.</summary>
public sealed class ProcessorTests
{
    [Theory]
    [InlineData(null, InstructionSet.Amx, InstructionSet.Amx)]
    [InlineData("", InstructionSet.Baseline, InstructionSet.Baseline)]
    [InlineData("avx2", InstructionSet.Amx, InstructionSet.Avx2)]
    [InlineData("avx512", InstructionSet.Avx512BFloat16, InstructionSet.Avx512)]
    [InlineData("avx512_bf16", InstructionSet.Avx512BFloat16, InstructionSet.Avx512BFloat16)]
    [InlineData("amx", InstructionSet.Amx, InstructionSet.Amx)]
    public void TheVariableLowersTheLevel(string? asked, InstructionSet has, InstructionSet level) =>
        Assert.Equal(level, Processor.Allowed(asked, has));

    [Theory]
    [InlineData("amx", InstructionSet.Avx512BFloat16,
        "REVERIE_ISA is amx, but this processor has no more than avx512_bf16; set it to that or less, or unset it")]
    [InlineData("avx2", InstructionSet.Baseline,
        "REVERIE_ISA is avx2, but this processor has no more than baseline; unset it")]
    [InlineData("AVX2", InstructionSet.Amx, "REVERIE_ISA is 'AVX2', which is none of avx2, avx512, avx512_bf16, amx")]
    [InlineData("baseline", InstructionSet.Amx,
        "REVERIE_ISA is 'baseline', which is none of avx2, avx512, avx512_bf16, amx")]
    public void ALevelThatIsNotThereIsRefused(string asked, InstructionSet has, string line) =>
        Assert.Equal(line, Assert.Throws<TorchException>(() => Processor.Allowed(asked, has)).Message);

    [Fact]
    public void WordsNameLevelsAndNothingElseDoes()
    {
        Assert.Equal(InstructionSet.Avx512BFloat16, Processor.Named("avx512_bf16"));
        Assert.All(Processor.Levels, level => Assert.Equal(level, Processor.Named(Processor.NameOf(level))));
        Assert.All(["own", "baseline", "AVX2", ""], word => Assert.Null(Processor.Named(word)));
    }

    [Fact]
    public void LibrariesAreKeptToALoweredLevelAndLeftAloneElse()
    {
        Assert.Equal([("ATEN_CPU_CAPABILITY", "avx512")], Processor.Variables(InstructionSet.Amx, InstructionSet.Amx));
        Assert.Empty(Processor.Variables(InstructionSet.Avx2, InstructionSet.Avx2));
        Assert.Equal(
            [
                ("ATEN_CPU_CAPABILITY", "avx2"), ("ONEDNN_MAX_CPU_ISA", "AVX2"), ("OPENBLAS_CORETYPE", "Haswell"),
                ("MKL_ENABLE_INSTRUCTIONS", "AVX2"),
            ],
            Processor.Variables(InstructionSet.Avx2, InstructionSet.Avx512));
        Assert.Equal(
            [
                ("ATEN_CPU_CAPABILITY", "avx512"), ("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16"),
                ("OPENBLAS_CORETYPE", "Cooperlake"), ("MKL_ENABLE_INSTRUCTIONS", "AVX512_E3"),
            ],
            Processor.Variables(InstructionSet.Avx512BFloat16, InstructionSet.Amx));
    }
}
