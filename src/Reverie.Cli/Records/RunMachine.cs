namespace Reverie.Cli.Records;

/// <summary>What a run was computed on.</summary>
/// <param name="Processor">as it names itself</param>
/// <param name="Instructions">level of instructions in use</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c></param>
/// <param name="Precision">of most products</param>
/// <param name="Threads">of the run</param>
/// <param name="Libtorch">its version</param>
internal sealed record RunMachine(
    string Processor, string Instructions, string Device, string Precision, int Threads, string Libtorch);
