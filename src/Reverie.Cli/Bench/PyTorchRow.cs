namespace Reverie.Cli.Bench;

/// <summary>One program's line of a comparison with PyTorch.</summary>
/// <param name="What"><c>against_pytorch</c></param>
/// <param name="Of">which update: <c>update</c>, <c>update_v</c> or <c>update_m</c></param>
/// <param name="Seconds">median seconds of an update</param>
/// <param name="Program">this one, or PyTorch and its version</param>
/// <param name="Precision">type of most products, <c>fp32</c> or <c>bf16</c></param>
/// <param name="Threads">of an operator</param>
/// <param name="Parameters">of all parts together; the same in both</param>
/// <param name="Gflops">useful arithmetic per second</param>
/// <param name="PeakMemoryBytes">the most memory that the process had</param>
/// <param name="Ratio">how many times as long as here it takes</param>
internal sealed record PyTorchRow(string What, string Of, double Seconds, string Program, string Precision, int Threads,
    long Parameters, double Gflops, long PeakMemoryBytes, double Ratio);
