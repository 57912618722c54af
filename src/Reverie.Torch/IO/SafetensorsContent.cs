namespace Reverie.Torch.IO;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Entries">The tensors, in the order of their data.</param>
/// <param name="Metadata">Free text by key; empty where the file has none.</param>
public sealed record SafetensorsContent(
    IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata);
