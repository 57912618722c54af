using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Reverie.Runtime;

/// <summary>What is known of an exported agent.</summary>
public sealed class AgentInfo
{
    private const int MostEntries = 1 << 28;

    internal AgentInfo(AgentFile file)
    {
        (Task, Algorithm, Commit) = (file["task"], file["algorithm"], file["commit"]);
        EnvironmentSteps = long.TryParse(file["env_steps"], NumberStyles.None, CultureInfo.InvariantCulture, out var steps) ? steps
            : throw file.Broken($"'env_steps' is '{file["env_steps"]}', which is no number");
        var picture = file.List("picture");
        if (picture.Length > 0)
        {
            if (picture.Length != 3) throw file.Broken("'picture' is not height, width and channels");
            (PictureHeight, PictureWidth, PictureChannels) = (Whole(picture[0]), Whole(picture[1]), Whole(picture[2]));
            if ((double)PictureHeight * PictureWidth * PictureChannels > MostEntries) throw file.Broken("its picture is too large");
        }
        (VectorSize, ActionSize) = (file.Number("vector"), file.Number("action"));
        var (groups, start) = (new List<AgentActionGroup>(), 0);
        foreach (var text in file.List("groups"))
        {
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size) || size == 0)
                throw file.Broken($"'{text}' is no group of actions");
            if (Math.Abs((long)size) > MostEntries - start) throw file.Broken($"a group of {size} is none of actions");
            groups.Add(new AgentActionGroup(start, Math.Abs(size), size > 0));
            start += Math.Abs(size);
        }
        if (start != ActionSize) throw file.Broken($"its groups have {start} entries, its actions {ActionSize}");
        (Groups, IsMasked) = (groups, file.Number("masked") != 0);
        ActionNames = file.List("action_names");
        ActionLow = Array.ConvertAll(file.List("action_low"), Real);
        ActionHigh = Array.ConvertAll(file.List("action_high"), Real);
        foreach (var (what, count) in new[] { ("names", ActionNames.Count), ("lows", ActionLow.Count), ("highs", ActionHigh.Count) })
            if (count > 0 && count != ActionSize) throw file.Broken($"has {count} {what} of {ActionSize} entries of an action");

        int Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value : throw file.Broken($"'{text}' is no size of a picture");
        float Real(string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
            : throw file.Broken($"'{text}' is no bound of an action");
    }

    /// <summary>Complains where the graph takes or gives something else than this says.</summary>
    internal void DemandOf(Graph graph, AgentFile file)
    {
        var (takes, gives) = (graph.Session.InputMetadata, graph.Session.OutputMetadata);
        Demand("image", takes, PictureSize == 0 ? new[] { 0 } : new[] { PictureHeight, PictureWidth, PictureChannels });
        Demand("vector", takes, VectorSize);
        if (takes.ContainsKey("mask") || Array.IndexOf(file.List("beside"), "plan") < 0) Demand("mask", takes, IsMasked ? ActionSize : 0);
        if (gives.ContainsKey("action")) Demand("action", gives, ActionSize);

        void Demand(string name, IReadOnlyDictionary<string, NodeMetadata> of, params int[] sizes)
        {
            var (has, due) = (of.TryGetValue(name, out var about) ? Text(about.Dimensions.Skip(1)) : "0", Text(sizes));
            if (has != due) throw file.Broken($"its graph has {has} entries of '{name}', its metadata say {due}");
        }

        static string Text(IEnumerable<int> sizes) => string.Join(" × ", sizes);
    }

    /// <summary>What it was trained in.</summary>
    public string Task { get; }

    /// <summary>How: <c>dreamer</c>, <c>dreamerv2</c>, <c>dreamerv3</c>, <c>planet</c>, <c>world_models</c> or somebody's own.</summary>
    public string Algorithm { get; }

    /// <summary>Version and commit of the program that exported it.</summary>
    public string Commit { get; }

    /// <summary>Steps of the environment that it has learned from.</summary>
    public long EnvironmentSteps { get; }

    /// <summary>Rows of the picture, from top to bottom; 0 where it sees none.</summary>
    public int PictureHeight { get; }

    /// <summary>Pixels of a row; 0 where it sees none.</summary>
    public int PictureWidth { get; }

    /// <summary>Bytes of a pixel: 3 for red, green, blue; 0 where it sees none.</summary>
    public int PictureChannels { get; }

    /// <summary>Bytes of a picture, height · width · channels.</summary>
    public int PictureSize => PictureHeight * PictureWidth * PictureChannels;

    /// <summary>Entries of the vector that it sees; 0 where there is none.</summary>
    public int VectorSize { get; }

    /// <summary>Entries of an action; of a choice, how many there are to choose from.</summary>
    public int ActionSize { get; }

    /// <summary>What an action is made of, one after the other.</summary>
    public IReadOnlyList<AgentActionGroup> Groups { get; }

    /// <summary>Whether the whole action is one choice, a one-hot vector.</summary>
    public bool IsChoice => Groups.Count == 1 && Groups[0].IsChoice;

    /// <summary>Whether it is to be told at every decision which choices are allowed.</summary>
    public bool IsMasked { get; }

    /// <summary>What the entries of an action do; empty where that is not known.</summary>
    public IReadOnlyList<string> ActionNames { get; }

    /// <summary>What −1 stood for in the environment, of each entry; empty where that is not known.</summary>
    public IReadOnlyList<float> ActionLow { get; }

    /// <summary>What 1 stood for in the environment, of each entry; empty where that is not known.</summary>
    public IReadOnlyList<float> ActionHigh { get; }
}
