namespace Reverie.Cli.Bench;

/// <summary>One program's line of a comparison with ONNX Runtime.</summary>
/// <param name="What"><c>act_onnx</c></param>
/// <param name="Seconds">median seconds of a decision</param>
/// <param name="Program">this one, or ONNX Runtime</param>
/// <param name="Threads">of an operator</param>
/// <param name="ProcessorSeconds">the same in time of the processor</param>
/// <param name="Bytes">of the exported files that a decision takes; 0 here</param>
/// <param name="Ratio">how many times as long as here it takes, in time of the processor</param>
internal sealed record OnnxRow(
    string What, double Seconds, string Program, int Threads, double ProcessorSeconds, long Bytes, double Ratio);
