namespace Reverie.Environments;

/// <summary>A named part of a vector observation.</summary>
/// <param name="Name">As the suite calls it.</param>
/// <param name="Size">Its number of entries.</param>
public sealed record ObservationEntry(string Name, int Size)
{
    /// <summary>A name for each of its entries: its own, numbered where there are several.</summary>
    public IEnumerable<string> Names =>
        Size == 1 ? [Name] : Enumerable.Range(0, Size).Select(i => $"{Name} {i}");
}
