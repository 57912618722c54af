namespace Reverie.Configuration;

/// <summary>Parts of another run's agent that a run begins with.</summary>
public sealed record TransferConfig
{
    private const string None = "none";

    /// <summary>What <see cref="Keep"/> takes for every part that there is.</summary>
    public const string All = "all";

    /// <summary>Another run, with whose newest parameters the parts in transfer.keep begin; none: all begin anew.</summary>
    [Setting("another run, with whose newest parameters the parts in transfer.keep begin; none: all begin anew",
        IsLater = true)]
    public string From { get; init; } = None;

    /// <summary>Parts that are taken over, with commas between them, or all; the others begin anew.</summary>
    [Setting("parts that are taken over, with commas between them, or all; the others begin anew",
        Source = "ours: what does not know the reward", IsLater = true)]
    public string Keep { get; init; } = "encoder,dynamics,decoder";

    /// <summary>Those of them that stay as they are, with commas between them; none: all learn.</summary>
    [Setting("those of them that stay as they are, with commas between them; none: all learn", IsLater = true)]
    public string Freeze { get; init; } = None;

    /// <summary>The directory of the other run, or null.</summary>
    public string? OtherRun => From == None ? null : From;

    /// <summary>The names in <see cref="Keep"/>.</summary>
    public IReadOnlyList<string> Kept => NamesIn(Keep);

    /// <summary>The names in <see cref="Freeze"/>.</summary>
    public IReadOnlyList<string> Frozen => Freeze == None ? [] : NamesIn(Freeze);

    private static string[] NamesIn(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
