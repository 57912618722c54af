namespace Reverie.Environments;

/// <summary>What pictures are drawn with, in the words of the library itself.</summary>
/// <param name="Library">How it was reached, such as OSMesa or EGL.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Renderer">The graphics card, or the software in its place.</param>
/// <param name="Version">Version of the interface and of the driver.</param>
public sealed record GraphicsInfo(string Library, string Vendor, string Renderer, string Version)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Library}, {Renderer}, {Version}";
}
