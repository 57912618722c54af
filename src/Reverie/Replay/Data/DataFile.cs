using Reverie.Environments;
using Reverie.Torch.IO;

namespace Reverie.Replay.Data;

/// <summary>
/// An episode in somebody's npz, with the keys of this program or of the Dreamers: <c>image</c> uint8 (T+1, H, W, C) or
/// <c>vector</c> (T+1, V) or both, or several of them as <c>image/NAME</c> and <c>vector/NAME</c>, <c>action</c> (T+1, A), <c>reward</c> (T+1), and, where they are there,
/// <c>action_groups</c>, such as [3, 2, -1] for one of three choices, one of two and a continuous entry,
/// <c>action_mask</c> (T+1, A), what may be chosen after a row,
/// <c>is_first</c>, <c>is_last</c>, <c>is_terminal</c> or <c>discount</c>, which is 0 where an episode truly ends.
/// Bool, whole numbers and floats of any width will do; what is not named here is not looked at.
/// </summary>
internal sealed class DataFile
{
    private const float Slack = 1e-4f;

    private static readonly string[] Used =
        ["image", "vector", "action", EpisodeArchive.Groups, EpisodeArchive.Mask, EpisodeArchive.Views, "reward", "discount", "is_first", "is_last", "is_terminal"];

    private readonly List<DataFinding> findings = [];
    private readonly string name;
    private byte[] image = [];
    private float[] vector = [], action = [], reward = [];
    private bool[] mask = [];
    private bool isTerminal;

    private DataFile(string path)
    {
        name = OneLine.Of(Path.GetFileName(path));
        try
        {
            using var file = NpzFile.Open(path);
            Unused = [.. file.Keys.Except(Used).Where(key => !DataParts.Owns(key))];
            Load(new DataArrays(file, Error), file.Keys);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Error("", null, $"it cannot be read ({OneLine.Of(error.Message)}); remove it, or write it again");
        }
    }

    /// <summary>Reads and checks a file; what is wrong with it is among the findings.</summary>
    public static DataFile Read(string path) => new(path);

    /// <summary>Everything there is to say; with an error, nothing else here means anything.</summary>
    public IReadOnlyList<DataFinding> Findings => findings;

    /// <summary>Whether it is an episode.</summary>
    public bool IsWhole => !findings.Any(finding => finding.IsError);

    /// <summary>What a row is made of; whether actions are choices is the folder's to say.</summary>
    public EpisodeLayout Layout { get; private set; } = new(null, 0, 0);

    /// <summary>What the vector is made of; empty where it has no names.</summary>
    public IReadOnlyList<ObservationEntry> Entries { get; private set; } = [];

    /// <summary>Rows, T + 1.</summary>
    public int Rows => reward.Length;

    /// <summary>Sum of rewards.</summary>
    public double Return => reward.Sum(value => (double)value);

    /// <summary>Whether the environment truly ended.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>(T+1, A), as the file has them.</summary>
    public ReadOnlySpan<float> Actions => action;

    /// <summary>Whether the first row has an action.</summary>
    public bool BeginsWithAction => action.AsSpan(0, Layout.ActionSize).ContainsAnyExcept(0f);

    /// <summary>Whether every row has one choice, but for rows without an action.</summary>
    public bool IsOneHot => Layout.ActionSize > 1 && Layout.Groups.Count == 1 && Enumerable.Range(0, Rows)
        .Select(row => action.AsSpan(row * Layout.ActionSize, Layout.ActionSize).ToArray())
        .All(one => DiscreteSpace.IsOneHot(one) || Array.TrueForAll(one, value => value == 0));

    /// <summary>The first row whose action its mask forbids; null where there is none, and where nothing is masked.</summary>
    /// <param name="pairing">Whether an action stands on the row that it led to or on the one that it was chosen on.</param>
    public int? FirstForbidden(ActionPairing pairing)
    {
        if (mask.Length == 0) return null;
        var size = Layout.ActionSize;
        // Whether entries without groups are one choice is known once all files are read.
        var groups = Layout.Groups is { HasChoices: true } known ? known : new ActionGroups((size, true));
        for (var chosen = 0; chosen < Rows - 1; chosen++)
        {
            var row = pairing == ActionPairing.Departure ? chosen : chosen + 1;
            if (groups.Forbidden(ActionAt(row), mask.AsSpan(chosen * size, size)) is not null)
                return row;
        }
        return null;
    }

    /// <summary>Keys that nothing is done with.</summary>
    public IReadOnlyList<string> Unused { get; } = [];

    /// <summary>The episode in this program's layout.</summary>
    /// <param name="pairing">How actions stand to observations, not <see cref="ActionPairing.Auto"/>.</param>
    /// <param name="wanted">What of it is taken.</param>
    public Episode ToEpisode(ActionPairing pairing, EpisodeLayout wanted)
    {
        var (size, led) = (Layout.ActionSize, new float[action.Length]);
        if (pairing == ActionPairing.Departure)
            action.AsSpan(0, action.Length - size).CopyTo(led.AsSpan(size));
        else
            action.CopyTo(led, 0);
        var episode = new Episode(wanted, Rows, wanted.Image is null ? [] : image, wanted.VectorSize == 0 ? [] : vector,
            led, reward, new bool[Rows], new bool[Rows], new bool[Rows], mask);
        episode.IsFirst[0] = episode.IsLast[^1] = true;
        episode.IsTerminal[^1] = isTerminal;
        return episode;
    }

    private void Load(DataArrays arrays, IReadOnlyCollection<string> keys)
    {
        foreach (var key in new[] { "reward", "action" }.Where(key => !arrays.Has(key)))
            Error(key, null, $"it is missing; there are {string.Join(", ", keys)}");
        (reward, _) = arrays.Floats("reward", rows: null, rank: 1);
        if (findings.Count == 0 && Rows < 2)
            Error("reward", null, "it has no decision in it: two rows are the least; remove the file");
        if (findings.Count > 0)
            return;
        (action, var actionSize) = arrays.Floats("action", Rows, rank: 2);
        var seen = new DataParts(arrays, keys, Rows, Error);
        (vector, Entries, var vectorSize) = seen.Vectors();
        (image, var picture) = seen.Pictures();
        if (!arrays.Has("image") && !arrays.Has("vector") && !keys.Any(DataParts.Owns))
            Error("", null, "it has neither 'image' nor 'vector', so there is nothing to see; rename the array to "
                + "one of them");
        if (!IsWhole)
            return;
        Layout = new(picture, vectorSize, actionSize);
        CheckGroups(arrays);
        CheckMask(arrays);
        if (image.Length > 0 && image.Max() <= 1)
            findings.Add(new(false, name, "image", null,
                "no value is above 1, so its pictures are black; were they from 0 to 1 once?"));
        if (reward[0] != 0)
            Error("reward", 0, $"{reward[0]} stands where nothing was done yet: rewards must stand on the row that "
                + "they came with; move them one row down");
        var large = Array.FindIndex(reward, value => Math.Abs(value) > RowRule.MostReward);
        if (large >= 0)
            Error("reward", large, FormattableString.Invariant($"{reward[large]} lies beyond ±{RowRule.MostReward}, ")
                + "whose square cannot be learned from; divide rewards until they are of the order of 1");
        CheckFlags(arrays);
        if (action.AsSpan().IndexOfAnyExceptInRange(-1 - Slack, 1 + Slack) is >= 0 and var far)
            Error("action", far / actionSize, $"{action[far]} lies outside [-1, 1]; scale actions to it"
                + (Array.TrueForAll(action, float.IsInteger) ? ", and write choices one-hot" : ""));
    }

    private void CheckGroups(DataArrays arrays)
    {
        var sizes = arrays.Floats(EpisodeArchive.Groups, rows: null, rank: 1).Values;
        if (sizes.Length == 0) return;
        if (!Array.TrueForAll(sizes, size => float.IsInteger(size) && size != 0)
            || sizes.Sum(Math.Abs) != Layout.ActionSize)
        {
            Error(EpisodeArchive.Groups, null, $"[{string.Join(", ", sizes)}] do not make up the {Layout.ActionSize} "
                + "entries of 'action': give the number of choices of each, or of continuous entries less than zero");
            return;
        }
        Layout = Layout with { Groups = new(sizes.Select(size => (int)size)) };
        if (Layout.Groups.Count == 1) return;
        var wrong = Enumerable.Range(0, Rows).FirstOrDefault(row => ActionAt(row).ContainsAnyExcept(0f)
            && !Layout.HasItsChoices(ActionAt(row)), -1);
        if (wrong >= 0)
            Error("action", wrong, $"it is not one-hot in every choice of {Layout.Groups}");
    }

    private void CheckMask(DataArrays arrays)
    {
        var (allowed, width) = arrays.Floats(EpisodeArchive.Mask, Rows, rank: 2);
        if (width == 0) return;
        mask = Array.ConvertAll(allowed, value => value != 0);
        if (width != Layout.ActionSize)
        {
            Error(EpisodeArchive.Mask, null, $"it has {width} entries a row, 'action' {Layout.ActionSize}");
            return;
        }
        Layout = Layout with { Groups = Layout.Groups.Masked() };
        if (Array.FindIndex(allowed, value => value is not (0f or 1f)) is >= 0 and var other)
            Error(EpisodeArchive.Mask, other / width, $"{allowed[other]} is neither 0 nor 1");
        else if (Enumerable.Range(0, Rows).Select(row => (row, FaultOfMask(row))).FirstOrDefault(one => one.Item2 is not null)
            is (var row, { } fault))
            Error(EpisodeArchive.Mask, row, fault);
    }

    // Whether entries without groups are one choice is known once all files are read.
    private string? FaultOfMask(int row)
    {
        var own = mask[(row * Layout.ActionSize)..((row + 1) * Layout.ActionSize)];
        return own.Contains(true) ? RowRule.FaultOfMask(new() { ActionMask = own }, Layout.Groups) : "it allows nothing";
    }

    private ReadOnlySpan<float> ActionAt(int row) =>
        action.AsSpan(row * Layout.ActionSize, Layout.ActionSize);

    private void CheckFlags(DataArrays arrays)
    {
        DemandOnly(arrays, "is_first", 0);
        DemandOnly(arrays, "is_last", Rows - 1);
        var ends = arrays.Floats("is_terminal", Rows, rank: 1).Values;
        var discounts = arrays.Floats("discount", Rows, rank: 1).Values;
        var early = ends.Length > 0 ? Array.FindIndex(ends, value => value != 0)
            : Array.FindIndex(discounts, value => value == 0);
        isTerminal = early == Rows - 1;
        if (early >= 0 && !isTerminal)
            Error(ends.Length > 0 ? "is_terminal" : "discount", early,
                $"the episode ends on row {early} of {Rows}, but rows follow; cut it there");
        if (!arrays.Has("is_terminal") && !arrays.Has("discount"))
            findings.Add(new(false, name, "", null,
                "it has neither 'is_terminal' nor 'discount'; taken as ended by time"));
    }

    private void DemandOnly(DataArrays arrays, string key, int due)
    {
        if (arrays.Floats(key, Rows, rank: 1).Values is not { Length: > 0 } flags)
            return;
        var wrong = Enumerable.Range(0, Rows).FirstOrDefault(row => flags[row] != 0 != (row == due), -1);
        if (wrong >= 0)
            Error(key, wrong, $"it is {(flags[wrong] != 0 ? "set" : "not set")} on row {wrong} of {Rows}; a file holds "
                + "one episode, whole: split it, or cut it where it ends");
    }

    private void Error(string key, int? row, string what) => findings.Add(new(true, name, key, row, what));
}
