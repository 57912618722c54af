using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Reverie.Configuration;

namespace Reverie.Tests.Api;

/// <summary>The XML documentation of an assembly, as Markdown.</summary>
internal sealed partial class Documentation
{
    private readonly Dictionary<string, XElement> members;

    /// <summary>Reads the file beside the assembly.</summary>
    public Documentation(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        members = XDocument.Load(file).Descendants("member").ToDictionary(one => (string)one.Attribute("name")!);
    }

    /// <summary>What a type or member is, in a paragraph; empty where nobody says.</summary>
    public string SummaryOf(MemberInfo member)
    {
        if (member.GetCustomAttribute<SettingAttribute>() is { } setting)
            return $"{setting.Text} ({setting.Source})";
        var told = Text(Find(member)?.Element("summary"));
        // The property of a record's parameter is described where the parameter is.
        return told.Length > 0 || member is not PropertyInfo ? told : Parameter(member.DeclaringType!, member.Name);
    }

    /// <summary>The summary of a member as it was written, without the words of Markdown.</summary>
    public string PlainSummaryOf(MemberInfo member) =>
        Spaces().Replace(members.GetValueOrDefault(IdOf(member))?.Element("summary")?.Value ?? "", " ").Trim();

    /// <summary>What stands beside the summary: remarks, parameters, result, exceptions.</summary>
    public IEnumerable<string> RestOf(MemberInfo member)
    {
        if (Find(member) is not { } told)
            yield break;
        if (Text(told.Element("remarks")) is { Length: > 0 } remarks)
            yield return remarks;
        // The parameters of a record are its properties, which say it themselves.
        var properties = member is Type type ? type.GetProperties().Select(one => one.Name).ToHashSet() : [];
        foreach (var parameter in told.Elements("param"))
            if ((string)parameter.Attribute("name")! is var name && !properties.Contains(name))
                yield return $"`{name}`: {Text(parameter)}";
        if (Text(told.Element("returns")) is { Length: > 0 } returns)
            yield return $"returns {returns}";
        foreach (var exception in told.Elements("exception"))
            yield return $"throws {Reference(exception)}: {Text(exception)}";
    }

    /// <summary>The name of a member in the file.</summary>
    internal static string IdOf(MemberInfo member) => member switch
    {
        Type type => $"T:{Full(type)}",
        MethodBase method => $"M:{Full(method.DeclaringType!)}.{(method is ConstructorInfo ? "#ctor" : method.Name)}"
            + (method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "")
            + Arguments(method.GetParameters())
            + (method.Name is "op_Implicit" or "op_Explicit" ? $"~{Argument(((MethodInfo)method).ReturnType)}" : ""),
        PropertyInfo property =>
            $"P:{Full(property.DeclaringType!)}.{property.Name}{Arguments(property.GetIndexParameters())}",
        FieldInfo => $"F:{Full(member.DeclaringType!)}.{member.Name}",
        _ => $"E:{Full(member.DeclaringType!)}.{member.Name}",
    };

    private XElement? Find(MemberInfo member)
    {
        var told = members.GetValueOrDefault(IdOf(member));
        return told?.Element("summary") is not null ? told
            : Above(member).Select(one => members.GetValueOrDefault(IdOf(one)))
                .FirstOrDefault(one => one?.Element("summary") is not null) ?? told;
    }

    private string Parameter(Type type, string name) => Text(members.GetValueOrDefault(IdOf(type))?.Elements("param")
        .FirstOrDefault(one => (string)one.Attribute("name")! == name));

    // Where an inherited text may stand: the member of that name above or in an interface.
    private static IEnumerable<MemberInfo> Above(MemberInfo member)
    {
        if (member.DeclaringType is not { } type || member is ConstructorInfo)
            yield break;
        for (var above = type.BaseType; above is not null; above = above.BaseType)
            foreach (var one in above.GetMember(member.Name, BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                yield return one;
        foreach (var one in type.GetInterfaces().SelectMany(each => each.GetMember(member.Name)))
            yield return one;
    }

    private static string Text(XElement? element) =>
        element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value.Replace("<", "&lt;").Replace("|", "&#124;"),
        XElement { Name.LocalName: "c" or "code" } code => $"`{Spaces().Replace(code.Value, " ").Trim()}`",
        XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } named => Reference(named),
        XElement element => " " + Text(element) + " ",
        _ => "",
    };

    private static string Reference(XElement element)
    {
        if ((string?)element.Attribute("cref") is not { } cref)
            return $"`{(string?)element.Attribute("name") ?? (string?)element.Attribute("langword") ?? element.Value}`";
        var path = cref[(cref.IndexOf(':') + 1)..].Split('(')[0];
        return $"`{Arity().Replace(path[(path.LastIndexOf('.') + 1)..].Replace("#ctor", "new"), "")}`";
    }

    private static string Full(Type type) => (type.FullName ?? $"{type.Namespace}.{type.Name}").Replace('+', '.');

    private static string Arguments(ParameterInfo[] parameters) => parameters.Length == 0 ? ""
        : $"({string.Join(",", parameters.Select(one => Argument(one.ParameterType)))})";

    private static string Argument(Type type)
    {
        if (type.IsByRef)
            return Argument(type.GetElementType()!) + "@";
        if (type.IsArray)
            return Argument(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsGenericType)
            return Full(type);
        var name = Full(type.GetGenericTypeDefinition()).Split('`')[0];
        return $"{name}{{{string.Join(",", type.GetGenericArguments().Select(Argument))}}}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();
}
