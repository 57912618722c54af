using Reverie.Environments;

namespace Reverie.Replay.Data;

/// <summary>Sums up files as they are read, so that only one is in memory at a time.</summary>
internal sealed class DataTally(string directory, int files, ActionPairing asked)
{
    private readonly List<DataFinding> findings = [];
    private readonly SortedSet<string> unused = new(StringComparer.Ordinal);
    private readonly List<int> lengths = [];
    private readonly List<double> returns = [];
    private EpisodeLayout? layout;
    private IReadOnlyList<ObservationEntry>? entries;
    private float[] low = [], high = [];
    private string? withAction, withoutAction;
    private (string Name, int Row)? forbiddenOnArrival, forbiddenOnDeparture;
    private int terminal;
    private bool oneHot = true;

    public void Add(string name, DataFile file)
    {
        findings.AddRange(file.Findings);
        if (!file.IsWhole)
            return;
        if (layout is null)
        {
            layout = file.Layout;
            low = [.. Enumerable.Repeat(float.PositiveInfinity, layout.ActionSize)];
            high = [.. Enumerable.Repeat(float.NegativeInfinity, layout.ActionSize)];
        }
        if (file.Layout != layout)
        {
            findings.Add(new(true, name, "", null,
                $"it has {file.Layout} where the first file has {layout}; keep one kind in a folder"));
            return;
        }
        if (entries is not null && !entries.SequenceEqual(file.Entries))
        {
            findings.Add(new(true, name, "vector", null, "its vectors have other names or another order than those of the first "
                + "file; keep one kind in a folder"));
            return;
        }
        entries = file.Entries;
        unused.UnionWith(file.Unused);
        lengths.Add(file.Rows);
        returns.Add(file.Return);
        terminal += file.IsTerminal ? 1 : 0;
        oneHot &= file.IsOneHot;
        if (file.FirstForbidden(ActionPairing.Arrival) is { } arrived)
            forbiddenOnArrival ??= (name, arrived);
        if (file.FirstForbidden(ActionPairing.Departure) is { } departed)
            forbiddenOnDeparture ??= (name, departed);
        _ = file.BeginsWithAction ? withAction ??= name : withoutAction ??= name;
        for (var i = 0; i < file.Actions.Length; i++)
        {
            var entry = i % layout.ActionSize;
            (low[entry], high[entry]) = (Math.Min(low[entry], file.Actions[i]), Math.Max(high[entry], file.Actions[i]));
        }
    }

    public DataReport Report()
    {
        var pairing = Pairing();
        if ((pairing == ActionPairing.Departure ? forbiddenOnDeparture : pairing == ActionPairing.Arrival ? forbiddenOnArrival : null)
            is var (name, row))
            findings.Add(new(true, name, "action", row, $"'{EpisodeArchive.Mask}' forbids it where it was chosen; put right which of "
                + "them is wrong, and on which row the mask stands"));
        if (layout is not null && returns.Count > 1 && returns.Distinct().Count() == 1)
            findings.Add(new(false, "", "reward", null,
                "every episode has the same return; is there a reward at all?"));
        return new DataReport
        {
            Directory = directory, Files = files, Lengths = lengths, Returns = returns, Terminal = terminal,
            Layout = layout is null ? null : layout with { OneHot = oneHot && layout.Groups.Count == 1, Groups = Choices(layout) }, ActionLow = low, ActionHigh = high,
            Entries = entries ?? [], Pairing = pairing, Unused = [.. unused],
            Findings = [.. findings.OrderByDescending(finding => finding.IsError)],
        };
    }

    // One group is of choices where all of its rows are one-hot.
    private ActionGroups Choices(EpisodeLayout there) => there.Groups.Count > 1 ? there.Groups
        : new((there.ActionSize, oneHot)) { IsMasked = there.Groups.IsMasked };

    // Row 0 has no action where it stands beside the observation that it led to.
    private ActionPairing Pairing()
    {
        if (asked == ActionPairing.Arrival && withAction is not null)
            findings.Add(new(true, withAction, "action", 0, "there is an action before the first observation, which "
                + "nothing led to; is it the one chosen after it (--pairing departure)?"));
        if (asked != ActionPairing.Auto || layout is null)
            return asked;
        if (withAction is null)
            return ActionPairing.Arrival;
        if (withoutAction is null)
            return ActionPairing.Departure;
        findings.Add(new(true, withAction, "action", 0,
            $"there is an action on the first row, but none in {withoutAction}; "
            + "say which it is: --pairing arrival or --pairing departure"));
        return ActionPairing.Auto;
    }
}
