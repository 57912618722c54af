using System.Runtime.InteropServices;
using Reverie.Runtime;
using Reverie.Torch.Tracing;

namespace Reverie.Tests.Export;

/// <summary>Numbers that the library drew, for the small package to use again.</summary>
internal sealed class RecordedNumbers(Queue<float[]> drawn) : INumberSource
{
    public void Normal(Span<float> to) => drawn.Dequeue().CopyTo(to);

    public void Uniform(Span<float> to) => drawn.Dequeue().CopyTo(to);

    /// <summary>Takes from a trace what was drawn, in order.</summary>
    public static void Take(Trace trace, Queue<float[]> drawn)
    {
        foreach (var call in trace.Calls.Where(call => call.IsRandom))
            drawn.Enqueue(call.Operator == "aten::multinomial" ? UniformOf(call) : Floats(call.Results[0]));
    }

    // Numbers that pick the classes which were drawn: each in the middle of its class's part.
    private static float[] UniformOf(TracedCall call)
    {
        var (weights, classes) = (Floats((TracedValue)call.Arguments[0]!),
            MemoryMarshal.Cast<byte, long>(call.Results[0].Elements()).ToArray());
        var count = weights.Length / classes.Length;
        return [.. classes.Select((each, n) => Enumerable.Range(0, (int)each).Sum(k => weights[n * count + k])
            + weights[n * count + (int)each] / 2)];
    }

    private static float[] Floats(TracedValue value) => MemoryMarshal.Cast<byte, float>(value.Elements()).ToArray();
}
