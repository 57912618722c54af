using System.Globalization;
using System.Reflection;

namespace Reverie.Configuration;

/// <summary>One key of the configuration: name, type, what it may be, where in <see cref="Config"/> it is.</summary>
public sealed class Setting
{
    private const string AutoWord = "auto";

    private readonly Func<Config, object> record;
    private readonly PropertyInfo property;
    private readonly SettingAttribute attribute;

    internal Setting(IReadOnlyList<PropertyInfo> path, SettingAttribute attribute)
    {
        record = config => path.SkipLast(1).Aggregate((object)config, (outer, inner) => inner.GetValue(outer)!);
        (property, this.attribute) = (path[^1], attribute);
        Key = string.Join('.', path.Select(one => SnakeCase(one.Name)));
    }

    /// <summary>One that an environment declares.</summary>
    /// <param name="section">What its key begins with, <c>environment.</c></param>
    /// <param name="property">Of a record of its own.</param>
    /// <param name="attribute">What stands above it.</param>
    internal Setting(string section, PropertyInfo property, SettingAttribute attribute)
    {
        record = config => config.Environment.Own.Of(property.DeclaringType!);
        (this.property, this.attribute) = (property, attribute);
        (Key, IsDeclared) = (section + SnakeCase(property.Name), true);
    }

    /// <summary>Dotted name in snake_case, <c>model.cnn_depth</c>.</summary>
    public string Key { get; }

    /// <summary>One line of documentation.</summary>
    public string Text => attribute.Text;

    /// <summary>Source of the default.</summary>
    public string Source => attribute.Source;

    /// <summary>Whether a resumed run may take another value.</summary>
    public bool MayChange => attribute.MayChange;

    /// <summary>Type of the value.</summary>
    public Type Type => property.PropertyType;

    /// <summary>Whether there are runs that do not have it, which did what its default says.</summary>
    internal bool IsLater => attribute.IsLater;

    /// <summary>Whether an environment has declared it, so that it is there only where that environment is.</summary>
    internal bool IsDeclared { get; }

    /// <summary>Who has declared it, or whose part of <see cref="Config"/> it is.</summary>
    internal Type Record => property.DeclaringType!;

    /// <summary>What the value may be, in words: <c>a whole number from 1 to 4096</c>.</summary>
    public string Allowed =>
        Words is { } words ? $"one of {string.Join(", ", words)}"
        : Type == typeof(bool) ? "true or false"
        : Type == typeof(string) ? "a word"
        : Type == typeof(IReadOnlyList<double>) ? "a list of numbers"
        : (attribute.Auto != 0 ? AutoWord + ", or " : "") + (Type == typeof(double) ? "a number" : "a whole number") + Range;

    // The only ones, or null where any is.
    private IReadOnlyList<string>? Words => PartNames.Of(Key)?.Names ?? attribute.OneOf;

    /// <summary>The value that <paramref name="config"/> has here.</summary>
    public object Get(Config config) => property.GetValue(record(config))!;

    /// <summary>The value as it stands in YAML and on the command line.</summary>
    public string Format(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number when number != 0 && number == attribute.Auto => AutoWord,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IReadOnlyList<double> list => $"[{string.Join(", ", list.Select(one => Format(one)))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Reads a value.</summary>
    /// <param name="words">the scalar, or the elements of the list</param>
    /// <param name="isList">whether it was written as a list</param>
    /// <returns>the value, or null where it is not <see cref="Allowed"/></returns>
    internal object? Parse(IReadOnlyList<string> words, bool isList)
    {
        if (Type == typeof(IReadOnlyList<double>))
        {
            var numbers = words.Select(Number).ToArray();
            return numbers.Contains(null) ? null : ValueList.Of(numbers.Select(number => number!.Value));
        }
        if (isList || words.Count != 1)
            return null;
        var word = words[0];
        if (Type == typeof(string))
            return word.Length == 0 ? null : PartNames.Of(Key) is { } parts ? parts.Settled(word)
                : attribute.OneOf?.Contains(word) is false ? null : word;
        if (Type == typeof(bool))
            return word switch { "true" => true, "false" => false, _ => null };
        if (attribute.Auto != 0 && word == AutoWord)
            return attribute.Auto;
        if (Number(word) is not { } value || value < attribute.Min || value > attribute.Max)
            return null;
        if (Type == typeof(double))
            return value;
        // 1e6 is a fine way to write a million; 0.5 is no whole number. Beyond 2^53 a double would lie.
        if (value != Math.Floor(value) || Math.Abs(value) > (Type == typeof(int) ? int.MaxValue : 1L << 53))
            return null;
        return Type == typeof(int) ? (object)(int)value : (long)value;
    }

    /// <summary>Writes a value into a configuration that is still being built.</summary>
    internal void Set(Config config, object value) => property.SetValue(record(config), value);

    private string Range => (attribute.Min, attribute.Max) switch
    {
        (double.NegativeInfinity, double.PositiveInfinity) => "",
        (var min, double.PositiveInfinity) => $" of at least {Format(min)}",
        (double.NegativeInfinity, var max) => $" of at most {Format(max)}",
        var (min, max) => $" from {Format(min)} to {Format(max)}",
    };

    private static double? Number(string word) =>
        double.TryParse(word.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) ? number : null;

    private static string SnakeCase(string name) => string.Concat(name.Select((letter, i) =>
        char.IsUpper(letter) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(letter) : $"{letter}"));
}
