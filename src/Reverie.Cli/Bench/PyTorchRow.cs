using System.Text.Json.Serialization;

namespace Reverie.Cli.Bench;

/// <summary>One program's line of a comparison with PyTorch.</summary>
/// <param name="What"><c>against_pytorch</c></param>
/// <param name="Of">which update: <c>update</c>, <c>update_v</c> or <c>update_m</c></param>
/// <param name="Seconds">median seconds of an update, by the clock</param>
/// <param name="ProcessorSeconds">median seconds of an update that threads were at work</param>
/// <param name="Program">this one, or PyTorch and its version</param>
/// <param name="Form">how PyTorch did it, one of <see cref="PyTorchForm.All"/>; null here</param>
/// <param name="Precision">type of most products, <c>fp32</c> or <c>bf16</c></param>
/// <param name="Threads">of an operator</param>
/// <param name="Parameters">of all parts together; the same in both</param>
/// <param name="Gflops">useful arithmetic per second</param>
/// <param name="PeakMemoryBytes">the most memory that the process had</param>
internal sealed record PyTorchRow(string What, string Of, double Seconds, double ProcessorSeconds, string Program, string? Form,
    string Precision, int Threads, long Parameters, double Gflops, long PeakMemoryBytes)
{
    /// <summary>How many times as long as here it takes.</summary>
    public double Ratio { get; init; } = 1;

    /// <summary>Whether it is the fastest form of PyTorch.</summary>
    public bool Fastest { get; init; }

    /// <summary>What is compared: of one thread on a processor the seconds that it worked, which other work on the machine
    /// hardly changes; else those of the clock.</summary>
    [JsonIgnore]
    public double Compared => Threads == 1 && !OnDevice ? ProcessorSeconds : Seconds;

    /// <summary>Whether the work is a GPU's, which no thread waits for.</summary>
    [JsonIgnore]
    public bool OnDevice { get; init; }

    /// <summary>Program and form, for people.</summary>
    [JsonIgnore]
    public string Name => Form is null ? Program : $"{Program} {Form}";
}
