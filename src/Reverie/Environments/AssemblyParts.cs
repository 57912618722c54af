using System.Reflection;
using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// Agents, dynamics, representations and planners in somebody's class library, which settings take as
/// <c>PATH.dll:NAME</c>: whatever a public static property of a type in it gives, by the name that it has itself.
/// </summary>
internal static class AssemblyParts
{
    /// <summary>The part that a setting names, and its name with the file's whole path; null where the name is none of a
    /// class library's.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="written">What it was given.</param>
    /// <param name="kind">The type of part that it takes.</param>
    /// <exception cref="ReverieException">There is no such file or no such part in it.</exception>
    public static (string Name, Part Part)? Find(string key, string written, Type kind)
    {
        if (!LibraryMember.IsOne(written)) return null;
        var member = LibraryMember.Of(written);
        var path = member.Locate($"{key} = {written}");
        var assembly = EnvironmentAssembly.Of(path);
        var parts = Array.ConvertAll(assembly.PropertiesOf(kind), property => Read(path, property));
        var meant = Array.FindAll(parts, part => member.Name is null || part.Name == member.Name);
        if (meant is [var one]) return ($"{path}:{one.Name}", one with { Origin = assembly.Origin });
        throw new ConfigurationException(parts.Length == 0
            ? $"{key}: {path} has none: no public static property in it is a {kind.Name}"
            : meant.Length == 0 ? $"{key}: {path} has no {member.Name}; it has {Names(parts)}"
            : $"{key}: say which is meant, as in {Path.GetFileName(path)}:{parts[0].Name}; {path} has {Names(parts)}");
    }

    private static string Names(Part[] parts) => string.Join(", ", parts.Select(part => part.Name));

    private static Part Read(string path, PropertyInfo property)
    {
        var name = $"{property.DeclaringType!.FullName}.{property.Name}";
        try
        {
            return property.GetValue(null) as Part ?? throw new ConfigurationException($"{path}: {name} is null");
        }
        catch (TargetInvocationException fault)
        {
            var inner = ForeignFault.Of(fault);
            throw new ConfigurationException($"{path}: {name}: {inner.GetType().Name}: {ForeignFault.Words(inner)}", inner);
        }
    }
}
