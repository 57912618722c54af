using System.Reflection;
using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>How an environment of somebody's is made: by the first public constructor of these that its class has,
/// <c>(EnvironmentConfig config, int seed)</c>, <c>(int seed)</c>, <c>()</c>.</summary>
internal static class EnvironmentConstructor
{
    /// <summary>A function that makes it.</summary>
    /// <exception cref="EnvironmentException">The class has none of the three.</exception>
    public static Func<EnvironmentConfig, int, IEnvironment> Of(Type type)
    {
        if (type.GetConstructor([typeof(EnvironmentConfig), typeof(int)]) is { } full)
            return (config, seed) => Call(full, config, seed);
        if (type.GetConstructor([typeof(int)]) is { } seeded)
            return (_, seed) => Call(seeded, seed);
        if (type.GetConstructor([]) is { } plain)
            return (_, _) => Call(plain);
        throw new EnvironmentException($"{type.FullName}: it has none of the public constructors that environments are "
            + "made by: (), (int seed) or (EnvironmentConfig config, int seed)");
    }

    private static IEnvironment Call(ConstructorInfo constructor, params object[] arguments) =>
        (IEnvironment)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
