using Reverie.Environments;
using Reverie.Torch.IO;

namespace Reverie.Replay.Data;

/// <summary>
/// An episode in somebody's npz, with the keys of this program or of the Dreamers: <c>image</c> uint8 (T+1, H, W, C) or
/// <c>vector</c> (T+1, V) or both, <c>action</c> (T+1, A), <c>reward</c> (T+1), and, where they are there,
/// <c>is_first</c>, <c>is_last</c>, <c>is_terminal</c> or <c>discount</c>, which is 0 where an episode truly ends.
/// Numbers of any width will do.
/// </summary>
internal sealed class DataFile
{
    private const float Slack = 1e-4f;

    private static readonly string[] Used =
        ["image", "vector", "action", "reward", "discount", "is_first", "is_last", "is_terminal"];

    private readonly List<DataFinding> findings = [];
    private readonly Dictionary<string, NpyArray> arrays = [];
    private readonly string name;
    private byte[] image = [];
    private float[] vector = [], action = [], reward = [];
    private bool isTerminal;

    private DataFile(string path)
    {
        name = Path.GetFileName(path);
        try
        {
            arrays = Npz.Read(path);
            Load();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Error("", null, $"it cannot be read ({error.Message}); remove it, or write it again");
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
    public bool IsOneHot => Layout.ActionSize > 1 && Enumerable.Range(0, Rows)
        .Select(row => action.AsSpan(row * Layout.ActionSize, Layout.ActionSize).ToArray())
        .All(one => DiscreteSpace.IsOneHot(one) || Array.TrueForAll(one, value => value == 0));

    /// <summary>Keys that nothing is done with.</summary>
    public IEnumerable<string> Unused => arrays.Keys.Except(Used);

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
            led, reward, new bool[Rows], new bool[Rows], new bool[Rows]);
        episode.IsFirst[0] = episode.IsLast[^1] = true;
        episode.IsTerminal[^1] = isTerminal;
        return episode;
    }

    private void Load()
    {
        reward = Floats("reward", 1, required: true);
        if (findings.Count == 0 && Rows < 2)
            Error("reward", null, "it has no decision in it: two rows are the least; remove the file");
        if (findings.Count > 0)
            return;
        action = Floats("action", 2, required: true);
        vector = Floats("vector", 2);
        LoadImage();
        if (image.Length == 0 && !arrays.ContainsKey("vector"))
            Error("", null, "it has neither 'image' nor 'vector', so there is nothing to see; rename the array to "
                + "one of them");
        if (!IsWhole)
            return;
        var pictures = arrays.GetValueOrDefault("image")?.Shape;
        Layout = new(pictures is null ? null : new ImageSpace(pictures[1], pictures[2], pictures[3]),
            arrays.GetValueOrDefault("vector")?.Shape[1] ?? 0, arrays["action"].Shape[1]);
        if (reward[0] != 0)
            Error("reward", 0, $"{reward[0]} stands where nothing was done yet: rewards must stand on the row that "
                + "they came with; move them one row down");
        LoadFlags();
        if (action.AsSpan().IndexOfAnyExceptInRange(-1 - Slack, 1 + Slack) is >= 0 and var far)
            Error("action", far / Layout.ActionSize, $"{action[far]} lies outside [-1, 1]; scale actions to it");
    }

    private void LoadImage()
    {
        if (!arrays.TryGetValue("image", out var pictures))
            return;
        if (pictures.Shape.Count != 4 || pictures.Shape[0] != Rows)
            Error("image", null, $"its shape is {Shape(pictures)}; it must be ({Rows}, height, width, channels)");
        else if (pictures.ElementType != typeof(byte))
            Error("image", null,
                $"it holds {pictures.ElementType.Name}; pictures are uint8 from 0 to 255, so convert them");
        else
            image = pictures.As<byte>();
    }

    private void LoadFlags()
    {
        DemandOnly("is_first", 0);
        DemandOnly("is_last", Rows - 1);
        var (ends, discounts) = (Floats("is_terminal", 1), Floats("discount", 1));
        var early = ends.Length > 0 ? Array.FindIndex(ends, value => value != 0)
            : Array.FindIndex(discounts, value => value == 0);
        isTerminal = early == Rows - 1;
        if (early >= 0 && !isTerminal)
            Error(ends.Length > 0 ? "is_terminal" : "discount", early,
                $"the episode ends on row {early} of {Rows}, but rows follow; cut it there");
        if (ends.Length == 0 && discounts.Length == 0)
            findings.Add(new(false, name, "", null,
                "it has neither 'is_terminal' nor 'discount'; taken as ended by time"));
    }

    private void DemandOnly(string key, int due)
    {
        if (Floats(key, 1) is not { Length: > 0 } flags)
            return;
        var wrong = Enumerable.Range(0, Rows).FirstOrDefault(row => flags[row] != 0 != (row == due), -1);
        if (wrong >= 0)
            Error(key, wrong, $"it is {(flags[wrong] != 0 ? "set" : "not set")} on row {wrong} of {Rows}; a file holds "
                + "one episode, whole: split it, or cut it where it ends");
    }

    private float[] Floats(string key, int rank, bool required = false)
    {
        if (!arrays.TryGetValue(key, out var array))
        {
            if (required)
                Error(key, null, $"it is missing; there are {string.Join(", ", arrays.Keys)}");
            return [];
        }
        if (array.Shape.Count != rank || reward.Length > 0 && array.Shape[0] != Rows)
        {
            var due = key == "reward" ? "(rows)" : rank == 1 ? $"({Rows})" : $"({Rows}, entries)";
            Error(key, null, $"its shape is {Shape(array)}; it must be {due}"
                + (key == "action" ? ", choices one-hot" : ""));
            return [];
        }
        float[] values = array.Data switch
        {
            float[] floats => floats,
            double[] doubles => Array.ConvertAll(doubles, value => (float)value),
            int[] integers => Array.ConvertAll(integers, value => (float)value),
            long[] integers => Array.ConvertAll(integers, value => (float)value),
            byte[] bytes => Array.ConvertAll(bytes, value => (float)value),
            _ => Array.ConvertAll((bool[])array.Data, value => value ? 1f : 0f),
        };
        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and var bad)
            Error(key, bad / Math.Max(1, values.Length / array.Shape[0]),
                $"{values[bad]} is no number to learn from; cut the episode before it, or remove the file");
        return values;
    }

    private void Error(string key, int? row, string what) => findings.Add(new(true, name, key, row, what));

    private static string Shape(NpyArray array) => $"({string.Join(", ", array.Shape)})";
}
