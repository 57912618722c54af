using System.Reflection;
using System.Runtime.CompilerServices;

namespace Reverie.Tests.Api;

/// <summary>Public types and members of an assembly, as C# writes them. What the compiler adds to records is left out.
/// </summary>
internal static class Signatures
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort",
        [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(char)] = "char", [typeof(nint)] = "nint",
    };

    /// <summary>Types that others can use, by name.</summary>
    public static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetTypes().Where(IsSeen).OrderBy(type => type.FullName, StringComparer.Ordinal);

    /// <summary>Members that a type itself declares, constructors first, then by what is written.</summary>
    public static IEnumerable<MemberInfo> Members(Type type) =>
        typeof(Delegate).IsAssignableFrom(type) ? []
        : type.GetMembers(Declared).Where(IsSeen)
            .OrderBy(member => member is ConstructorInfo ? 0 : 1).ThenBy(Of, StringComparer.Ordinal);

    /// <summary><c>sealed class Dreamer : ModelAgent</c>.</summary>
    public static string Of(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return $"delegate {Of(type.GetMethod("Invoke")!).Replace("Invoke", Name(type))}";
        Type[] bases = type.IsEnum ? [] : [.. Bases(type)];
        return $"{Kind(type)} {Name(type)}{(bases.Length > 0 ? $" : {string.Join(", ", bases.Select(Name))}" : "")}";
    }

    /// <summary><c>double Mean { get; init; }</c>.</summary>
    public static string Of(MemberInfo member) => member switch
    {
        ConstructorInfo made => $"{Access(made)}{Plain(made.DeclaringType!)}({Parameters(made)})",
        MethodInfo method => Access(method) + Modifier(method) + Name(method.ReturnType) + " "
            + method.Name + Generic(method.GetGenericArguments()) + $"({Parameters(method)})",
        PropertyInfo property => Of(property),
        FieldInfo field when field.DeclaringType!.IsEnum => $"{field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => (field.IsLiteral ? "const " : field.IsStatic ? "static " : "")
            + $"{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}",
        EventInfo happening => $"event {Name(happening.EventHandlerType!)} {happening.Name}",
        _ => member.Name,
    };

    /// <summary>The name that code uses, with generic arguments.</summary>
    public static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out var word))
            return word;
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return $"{Name(inner)}?";
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsGenericType && type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
            return $"({string.Join(", ", type.GetGenericArguments().Select(Name))})";
        var outer = type.IsNested ? $"{Plain(type.DeclaringType!)}." : "";
        return outer + Plain(type) + Generic(type.GetGenericArguments());
    }

    private static string Plain(Type type) => type.Name.Split('`')[0];

    private static string Generic(Type[] arguments) =>
        arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";

    private static string Of(PropertyInfo property)
    {
        var (get, set) = (Seen(property.GetMethod), Seen(property.SetMethod));
        var init = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var index = property.GetIndexParameters();
        var any = get ?? set!;
        return Access(any) + Modifier(any) + Name(property.PropertyType) + " "
            + (index.Length > 0 ? $"this[{string.Join(", ", index.Select(Of))}]" : property.Name)
            + $" {{ {(get is null ? "" : "get; ")}{(set is null ? "" : init ? "init; " : "set; ")}}}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Of));

    private static string Of(ParameterInfo one)
    {
        var by = one.IsOut ? "out " : one.IsIn ? "in " : one.ParameterType.IsByRef ? "ref " : "";
        var many = one.GetCustomAttributes().Any(mark => mark is ParamArrayAttribute or ParamCollectionAttribute)
            ? "params "
            : "";
        var otherwise = !one.HasDefaultValue ? ""
            : $" = {(one.DefaultValue is null ? "default" : FormattableString.Invariant($"{one.DefaultValue}"))}";
        return $"{many}{by}{Name(one.ParameterType)} {one.Name}{otherwise}";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static IEnumerable<Type> Bases(Type type)
    {
        if (type.BaseType is { } above && above != typeof(object) && above != typeof(ValueType))
            yield return above;
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var all = type.GetInterfaces().Where(one => one.IsVisible).ToArray();
        foreach (var one in all.Except(inherited).Except(all.SelectMany(each => each.GetInterfaces()))
            .Where(one => !(one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEquatable<>)))
            .OrderBy(Name, StringComparer.Ordinal))
            yield return one;
    }

    private static string Access(MethodBase method) => method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "";

    private static string Modifier(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? "override "
        : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";

    private static MethodInfo? Seen(MethodInfo? accessor) =>
        accessor is not null && IsReachable(accessor) ? accessor : null;

    private static bool IsReachable(MethodBase method) => method.IsPublic
        || (method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed;

    private static bool IsSeen(Type type) => type.IsVisible && !IsMade(type);

    private static bool IsSeen(MemberInfo member) => member switch
    {
        Type => false,      // a nested type stands for itself
        MethodInfo method => IsReachable(method) && !IsMade(method)
            && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        ConstructorInfo made => IsReachable(made) && !made.IsStatic && !IsMade(made),
        PropertyInfo property => (Seen(property.GetMethod) ?? Seen(property.SetMethod)) is not null
            && property.Name != "EqualityContract",
        FieldInfo field => field.IsPublic && !field.IsSpecialName,
        EventInfo happening => happening.AddMethod is { } add && IsReachable(add),
        _ => false,
    };

    private static bool IsMade(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || member.Name.StartsWith('<');
}
