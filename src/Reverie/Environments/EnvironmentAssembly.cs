using System.Reflection;
using System.Security.Cryptography;
using Reverie.Configuration;
using Reverie.Torch.IO;

namespace Reverie.Environments;

/// <summary>Somebody's assembly with environments or parts of agents in it, loaded once a process.</summary>
internal sealed class EnvironmentAssembly
{
    private static readonly Dictionary<string, EnvironmentAssembly> Loaded = new(StringComparer.Ordinal);
    private readonly string path;
    private readonly Type[] types, environments, settings;

    private EnvironmentAssembly(string path)
    {
        this.path = path;
        AssemblyFacts.Of(path).DemandUsable();
        var hash = Convert.ToHexStringLower(SHA256.HashData(RegularFile.ReadAllBytes(path, AssemblyFacts.LargestFile)));
        Origin = $"{Path.GetFileName(path)} sha256:{hash}";
        types = Types();
        settings = Array.FindAll(types, type => type is { IsPublic: true, IsAbstract: false }
            && type.GetConstructor(Type.EmptyTypes) is not null
            && type.GetProperties().Any(one => one.GetCustomAttribute<SettingAttribute>() is not null));
        environments = [.. types.Where(type => type is { IsAbstract: false, ContainsGenericParameters: false }
            && typeof(IEnvironment).IsAssignableFrom(type)).OrderBy(type => type.FullName, StringComparer.Ordinal)];
    }

    /// <summary>Name and hash of the file as it was loaded.</summary>
    public string Origin { get; }

    /// <summary>The assembly at a path.</summary>
    /// <exception cref="EnvironmentException">It is none, or none that fits this program.</exception>
    public static EnvironmentAssembly Of(string path)
    {
        lock (Loaded)
            return Loaded.TryGetValue(path, out var known) ? known : Loaded[path] = new EnvironmentAssembly(path);
    }

    /// <summary>Makes the settings known that its public records declare.</summary>
    /// <exception cref="ConfigurationException">A key is somebody else's.</exception>
    public void DeclareSettings() => Array.ForEach(settings, Settings.Declare);

    /// <summary>The environment of that name, with or without its namespace; the only one where none is
    /// given.</summary>
    /// <exception cref="EnvironmentException">There is none, or several are meant; the line names them.</exception>
    public Type Find(string? name)
    {
        if (environments.Length == 0)
            throw new EnvironmentException($"{path}: no class in it implements {typeof(IEnvironment).FullName}");
        var named = Array.FindAll(environments, type => name is null || type.FullName == name);
        var meant = named.Length > 0 ? named : Array.FindAll(environments, type => type.Name == name);
        return meant.Length == 1 ? meant[0] : throw new EnvironmentException(string.IsNullOrEmpty(name) || meant.Length > 1
            ? $"{path}: say which of its environments is meant, as in "
                + $"{Path.GetFileName(path)}:{environments[0].FullName}; there are {Names()}"
            : $"{path}: no environment in it is called {name}; there "
                + $"{(environments.Length == 1 ? "is" : "are")} {Names()}");
    }

    /// <summary>The public static properties of its types that give what is asked for.</summary>
    public PropertyInfo[] PropertiesOf(Type kind) => [.. types
        .Where(type => !type.ContainsGenericParameters).OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
        .Where(property => property.PropertyType.IsAssignableTo(kind))];

    /// <summary>What the type says of its task in a public static property, or null.</summary>
    public static TaskInfo? InfoOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(property => property.PropertyType == typeof(TaskInfo))?.GetMethod?
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null) as TaskInfo;

    private string Names() => string.Join(", ", environments.Select(type => type.FullName));

    private Type[] Types()
    {
        try
        {
            return new EnvironmentLoadContext(path).LoadFromAssemblyPath(path).GetTypes();
        }
        catch (ReflectionTypeLoadException fault)
        {
            throw new EnvironmentException($"{path}: cannot be used: {FirstLine(fault.LoaderExceptions[0] ?? fault)}; build "
                + "it against this Reverie, with what it needs beside it", fault);
        }
        catch (Exception fault) when (fault is BadImageFormatException or FileLoadException or FileNotFoundException)
        {
            throw new EnvironmentException($"{path}: cannot be loaded: {FirstLine(fault)}", fault);
        }
    }

    private static string FirstLine(Exception fault) => fault.Message.ReplaceLineEndings("\n").Split('\n')[0];
}
