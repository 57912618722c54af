using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Reverie.Configuration;

/// <summary>Flattens a YAML document into dotted keys that know their lines.</summary>
/// <remarks>It walks over the parser's events and never builds the document, so that neither depth, nor size, nor a
/// document that holds itself can cost more than its text: sections lie a few deep, and aliases are not read.</remarks>
internal sealed class YamlValues
{
    private const int MostEvents = 100_000, Deepest = 16;

    private readonly string name;
    private readonly Parser parser;
    private readonly List<ConfigValue> values = [];
    private readonly HashSet<string> keys = [];
    private int events, depth, documents;

    private YamlValues(string yaml, string name) => (this.name, parser) = (name, new Parser(new StringReader(yaml)));

    /// <summary>Reads a document.</summary>
    /// <param name="yaml">its text</param>
    /// <param name="name">what messages call it: a path, or <c>preset small</c></param>
    /// <exception cref="ConfigurationException">it is no YAML, or no sections of scalars and lists; or a key stands twice
    /// </exception>
    public static IReadOnlyList<ConfigValue> Read(string yaml, string name)
    {
        var reader = new YamlValues(yaml, name);
        while (reader.Next() is not StreamEnd)
            if (reader.Now is DocumentStart)
                reader.ReadRoot();
        return reader.values;
    }

    private ParsingEvent Now => parser.Current!;

    private string Here => $"{name}:{Now.Start.Line}";

    private void ReadRoot()
    {
        if (documents++ > 0)
            throw new ConfigurationException($"{Here}: a second document begins; a configuration is one");
        if (Next() is MappingStart)
            ReadSection("");
        else if (Now is not Scalar { Value: "" })
            throw new ConfigurationException($"{Here}: this is no configuration, which is made of lines `key: value`");
    }

    private void ReadSection(string prefix)
    {
        while (Next() is not MappingEnd)
        {
            var origin = Here;
            var key = prefix + (Now is Scalar word ? word.Value
                : throw new ConfigurationException($"{origin}: a key must be a word"));
            if (!keys.Add(key))
                throw new ConfigurationException($"{origin}: {key} stands twice; keep one of them");
            ReadValue(key, origin);
        }
    }

    private void ReadValue(string key, string origin)
    {
        switch (Next())
        {
            case MappingStart:
                ReadSection(key + ".");
                break;
            case SequenceStart:
                values.Add(new ConfigValue(key, ReadList(key), true, origin));
                break;
            case Scalar scalar when !Settings.IsSection(key):
                values.Add(new ConfigValue(key, [scalar.Value], false, origin));
                break;
            case Scalar { Value: "" }:
                break; // a section whose lines are all commented out
            default:
                throw new ConfigurationException($"{origin}: {key} is a section; write its keys below it, indented");
        }
    }

    private List<string> ReadList(string key)
    {
        var words = new List<string>();
        while (Next() is not SequenceEnd)
            words.Add(Now is Scalar word ? word.Value
                : throw new ConfigurationException($"{Here}: {key} is a list of lists or sections; write plain values"));
        return words;
    }

    // Moves on: comments are nothing, an alias is refused, and depth and number have an end.
    private ParsingEvent Next()
    {
        do
            if (!Move())
                throw new ConfigurationException($"{name}: this is no YAML: it ends too early");
        while (Now is Comment);
        depth += Now.NestingIncrease;
        if (Now is AnchorAlias alias)
            throw new ConfigurationException($"{Here}: *{$"{alias.Value}".TrimEnd(':')} is an alias, which is not read here; "
                + "write the value itself, or quotes around a key with *");
        if (depth > Deepest || ++events > MostEvents)
            throw new ConfigurationException($"{Here}: this is no configuration: it has more than "
                + (depth > Deepest ? $"{Deepest} levels" : $"{MostEvents} entries"));
        return Now;
    }

    private bool Move()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The parser throws whatever it stumbles over where a text is broken, and not its own type alone.
            var line = (error as YamlException)?.Start.Line ?? parser.Current?.Start.Line ?? 1;
            throw new ConfigurationException($"{name}:{line}: this is no YAML: {error.Message}", error);
        }
    }
}
