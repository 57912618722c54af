namespace Reverie.Torch.IO;

/// <summary>Where a tensor's bytes are, counted from the end of the header.</summary>
internal sealed record SafetensorsPlace(string Name, string DType, long[] Shape, long Begin, long End);
