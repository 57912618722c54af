using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Reverie.Configuration;

/// <summary>Flattens a YAML document into dotted keys that know their lines.</summary>
internal static class YamlValues
{
    /// <summary>Reads a document.</summary>
    /// <param name="yaml">its text</param>
    /// <param name="name">what messages call it: a path, or <c>preset small</c></param>
    /// <exception cref="ReverieException">it is no YAML, or no sections of scalars and lists</exception>
    public static IReadOnlyList<ConfigValue> Read(string yaml, string name)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException error)
        {
            var text = (error.InnerException ?? error).Message.Replace('\n', ' ');
            throw new ReverieException($"{name}:{error.Start.Line}: this is no YAML: {text}", error);
        }
        var values = new List<ConfigValue>();
        foreach (var document in stream.Documents)
            if (document.RootNode is YamlMappingNode root)
                Flatten(root, "", name, values);
            else if (document.RootNode is not YamlScalarNode { Value: null or "" })
                throw new ReverieException($"{name}:{document.RootNode.Start.Line}: this is no configuration, "
                    + "which is made of lines `key: value`");
        return values;
    }

    private static void Flatten(YamlMappingNode section, string prefix, string name, List<ConfigValue> values)
    {
        foreach (var (keyNode, node) in section.Children)
        {
            var origin = $"{name}:{keyNode.Start.Line}";
            var key = prefix + ((keyNode as YamlScalarNode)?.Value
                ?? throw new ReverieException($"{origin}: a key must be a word"));
            switch (node)
            {
                case YamlMappingNode inner:
                    Flatten(inner, key + ".", name, values);
                    break;
                case YamlSequenceNode list when list.All(one => one is YamlScalarNode):
                    string[] words = [.. list.Select(one => ((YamlScalarNode)one).Value ?? "")];
                    values.Add(new ConfigValue(key, words, true, origin));
                    break;
                case YamlScalarNode scalar when !Settings.IsSection(key):
                    values.Add(new ConfigValue(key, [scalar.Value ?? ""], false, origin));
                    break;
                case YamlScalarNode { Value: null or "" }:
                    break; // a section whose lines are all commented out
                default:
                    throw new ReverieException($"{origin}: {key} is a section; write its keys below it, indented");
            }
        }
    }
}
