using System.Text;
using Reverie.Cli.Records;
using Reverie.Configuration;
using Reverie.Torch.IO;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Reverie.Cli.Sweep;

/// <summary>A sweep as YAML: what the user writes, and what lies in the folder of every sweep.</summary>
/// <example><code>
/// runs:
///   - preset: planet,small
///     tasks: [cartpole_swingup, walker_walk]
///     seeds: 1-3
///     set:
///       training.env_steps: 100000
///       model.deter: [100, 200]
/// </code></example>
internal sealed class SweepFile
{
    private const int MostBytes = 1 << 20, Deepest = 10;

    private readonly string path;

    private SweepFile(string path) => this.path = path;

    /// <summary>Reads one.</summary>
    /// <param name="path">the file, or the folder of a sweep</param>
    /// <exception cref="ReverieException">it cannot be read, or is no sweep; the line says where</exception>
    public static IReadOnlyList<SweepPart> Read(string path) =>
        new SweepFile(Directory.Exists(path) ? Path.Combine(path, SweepFolder.Plan) : path).Parts();

    /// <summary>Writes the file of a sweep into its folder.</summary>
    /// <exception cref="ReverieException">the disk refuses</exception>
    public static void Write(SweepPlan plan)
    {
        var path = Path.Combine(plan.Folder, SweepFolder.Plan);
        try
        {
            Directory.CreateDirectory(plan.Folder);
            var text = Encoding.UTF8.GetBytes(Text(plan.Parts));
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(text))
                AtomicFile.Write(path, stream => stream.Write(text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException(
                $"{plan.Folder}: the folder of the sweep cannot be written: {error.Message}", error);
        }
    }

    /// <summary>The YAML of a sweep, which <see cref="Read"/> reads back.</summary>
    public static string Text(IReadOnlyList<SweepPart> parts)
    {
        var text = new StringBuilder();
        text.Append("# A sweep: `reverie sweep` and the name of this folder goes on with it.\nruns:\n");
        foreach (var part in parts)
        {
            text.Append($"  - preset: {Quoted(part.Preset)}\n");
            if (part.Config is not null)
                text.Append($"    config: {Quoted(part.Config)}\n");
            text.Append($"    tasks: [{string.Join(", ", part.Tasks.Select(Quoted))}]\n");
            text.Append($"    seeds: {Quoted(Seeds.Text(part.Seeds))}\n");
            if (part.Set.Count > 0)
                text.Append("    set:\n");
            foreach (var swept in part.Set)
                text.Append($"      {Quoted(swept.Key)}: "
                    + (swept.Values.Count == 1 && !IsList(swept.Values[0]) ? Quoted(swept.Values[0])
                        : IsList(swept.Values[0]) && swept.Values.Count == 1 ? swept.Values[0]
                        : $"[{string.Join(", ", swept.Values.Select(value => IsList(value) ? value : Quoted(value)))}]")
                    + "\n");
        }
        return text.ToString();
    }

    private static bool IsList(string value) => value.StartsWith('[');

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? word
            : $"'{word.Replace("'", "''")}'";

    private IReadOnlyList<SweepPart> Parts()
    {
        var root = Root();
        Only(root, "runs");
        var parts = List(Need(root, "runs"), "runs").Select(Part).ToArray();
        return parts.Length > 0 ? parts : throw Wrong(root, "runs is empty");
    }

    private SweepPart Part(YamlNode node)
    {
        var part = node as YamlMappingNode ?? throw Wrong(node, "an entry of runs has keys: preset, tasks, seeds, set");
        Only(part, "preset", "config", "tasks", "seeds", "set");
        var config = Find(part, "config") is { } file ? Word(file, "config") : null;
        return new SweepPart(
            Word(Need(part, "preset"), "preset"),
            config is null ? null : Path.GetFullPath(config, Path.GetDirectoryName(Path.GetFullPath(path))!),
            Words(Need(part, "tasks"), "tasks"),
            Seeds.Parse(string.Join(',', Words(Need(part, "seeds"), "seeds")), At(Need(part, "seeds"))),
            Find(part, "set") is { } set ? Set(set) : []);
    }

    private IReadOnlyList<SweptValue> Set(YamlNode node)
    {
        var set = node as YamlMappingNode ?? throw Wrong(node, "set has keys of the configuration");
        return [.. set.Children.Select(pair =>
        {
            var key = Word(pair.Key, "set");
            // The elements of a setting that is a list are one value; a list of lists sweeps over it.
            var isList = Settings.All.Any(setting =>
                setting.Key == key && setting.Type == typeof(IReadOnlyList<double>));
            string[] values = pair.Value is not YamlSequenceNode sequence ? [Word(pair.Value, key)]
                : isList && sequence.Children.All(child => child is not YamlSequenceNode) ? [ListOf(sequence, key)]
                : [.. sequence.Children.Select(child => child is YamlSequenceNode inner && isList
                    ? ListOf(inner, key) : Word(child, key))];
            return SweptValue.Of(key, values, At(pair.Key));
        })];
    }

    private string ListOf(YamlSequenceNode list, string key) =>
        $"[{string.Join(", ", list.Children.Select(child => Word(child, key)))}]";

    private YamlMappingNode Root()
    {
        var text = Bytes();
        try
        {
            DemandPlain(text);
            var yaml = new YamlStream();
            using var reader = new StreamReader(new MemoryStream(text));
            yaml.Load(reader);
            return yaml.Documents.Count == 1 && yaml.Documents[0].RootNode is YamlMappingNode root ? root
                : throw new ReverieException($"{path}: this is no sweep, which begins with `runs:`");
        }
        catch (Exception error) when (error is not (ReverieException or OutOfMemoryException))
        {
            // The parser throws whatever it stumbles over where a text is broken, and not its own type alone.
            var line = (error as YamlException)?.Start.Line ?? 1;
            throw new ReverieException($"{path}:{line}: this is no YAML: {error.Message}", error);
        }
    }

    // Before a document is built of it, since that is done a call deeper for each level.
    private void DemandPlain(byte[] text)
    {
        using var reader = new StreamReader(new MemoryStream(text));
        var parser = new Parser(reader);
        for (int depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest || parser.Current is AnchorAlias)
                throw new ReverieException($"{path}:{parser.Current.Start.Line}: "
                    + (depth > Deepest ? $"more than {Deepest} levels"
                        : "an alias, which is not read here; write the value"));
        }
    }

    private byte[] Bytes()
    {
        try
        {
            return RegularFile.ReadAllBytes(path, MostBytes);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ReverieException($"{path}: there is no such file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ReverieException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private void Only(YamlMappingNode node, params string[] keys)
    {
        foreach (var key in node.Children.Keys)
            if (!keys.Contains(Word(key, "a key")))
                throw Wrong(key, $"there is no key {key}{NearestName.Hint($"{key}", keys)}");
    }

    private YamlNode Need(YamlMappingNode node, string key) =>
        Find(node, key) ?? throw Wrong(node, $"{key} is missing");

    private static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: var name } && name == key).Value;

    private IEnumerable<YamlNode> List(YamlNode node, string key) =>
        node is YamlSequenceNode list ? list.Children : throw Wrong(node, $"{key} is a list");

    private string[] Words(YamlNode node, string key)
    {
        string[] words = node is YamlSequenceNode list ? [.. list.Children.Select(child => Word(child, key))]
            : [Word(node, key)];
        return words.Length > 0 && words.Distinct().Count() == words.Length ? words
            : throw Wrong(node, words.Length == 0 ? $"{key} is empty" : $"{key} has one entry twice");
    }

    private string Word(YamlNode node, string key) =>
        node is YamlScalarNode { Value: { Length: > 0 } word } ? word
        : throw Wrong(node, $"{key} is a word or a number");

    private string At(YamlNode node) => $"{path}:{node.Start.Line}";

    private ReverieException Wrong(YamlNode node, string complaint) => new($"{At(node)}: {complaint}");
}
