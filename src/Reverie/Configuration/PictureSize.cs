using System.Globalization;

namespace Reverie.Configuration;

/// <summary>What <c>environment.picture</c> may say.</summary>
internal static class PictureSize
{
    /// <summary>That of the papers.</summary>
    public const string Published = "64x64";

    /// <summary>Pictures as a task shows them.</summary>
    public const string Native = "native";

    /// <summary>Rows and pixels of a row; null for <see cref="Native"/>.</summary>
    /// <exception cref="ConfigurationException">It is neither.</exception>
    public static (int Height, int Width)? Of(string picture) => picture == Native ? null
        : Sides(picture) ?? throw new ConfigurationException($"environment.picture: {Fault(picture)}");

    /// <summary>What is wrong with a word, or null.</summary>
    public static string? Fault(string picture) => picture == Native || Sides(picture) is not null ? null
        : $"{picture} is no size; write WIDTHxHEIGHT, such as {Published} or 160x120, or {Native}";

    private static (int Height, int Width)? Sides(string picture) =>
        picture.Split('x') is [var width, var height] && Side(width) is { } columns && Side(height) is { } rows
            ? (rows, columns) : null;

    private static int? Side(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var side) && side is > 0 and <= 1 << 14
            ? side : null;
}
