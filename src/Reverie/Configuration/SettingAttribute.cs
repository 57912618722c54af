namespace Reverie.Configuration;

/// <summary>Documents one setting, says where its default comes from and what it may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string text) : Attribute
{
    /// <summary>One line of documentation.</summary>
    public string Text { get; } = text;

    /// <summary>Source of the default: paper and place, or "ours" with the reason.</summary>
    public string Source { get; init; } = "ours";

    /// <summary>Smallest value allowed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value allowed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The whole number that the word <c>auto</c> stands for, below <see cref="Min"/>; 0 where the word is none.
    /// </summary>
    public int Auto { get; init; }

    /// <summary>The only words allowed, or null where any is.</summary>
    public string[]? OneOf { get; init; }

    /// <summary>Whether a run that is resumed may take another value than it was started with.</summary>
    public bool MayChange { get; init; }

    /// <summary>Whether there are runs from before it, whose <c>config.yaml</c> has it not: its default is what they did.
    /// </summary>
    public bool IsLater { get; init; }
}
