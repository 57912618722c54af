using System.Reflection;
using Reverie.Tests.Torch;
using Xunit.Sdk;

namespace Reverie.Tests;

/// <summary>Runs tests of this assembly in a process of their own, since what is chosen when a process starts cannot be
/// changed in it: <c>dotnet Reverie.Tests.dll CLASS…</c>.</summary>
internal static class Program
{
    /// <summary>In place of a class: prints <see cref="LoopBits"/>.</summary>
    internal const string Bits = "--bits";

    /// <summary>In place of a class: prints what each of <see cref="Calls"/> throws, twice.</summary>
    internal const string Missing = "--missing";

    /// <summary>Calls that need a native library each.</summary>
    internal static readonly Action[] Calls =
    [
        () => _ = Reverie.Torch.Torch.Version, () => _ = Reverie.Torch.Device.CudaCount,
        () => new Reverie.Torch.Generator(Reverie.Torch.Device.Cpu, 1).Dispose(),
        () => _ = Reverie.Environments.Mujoco.Physics.LibraryVersion, () => _ = Reverie.Environments.Box2D.World.LibraryVersion,
        () => new Reverie.Environments.Mujoco.Physics("<mujoco/>").Dispose(),
    ];

    // Prints the levels of instructions here; for scripts/campaign/levels.
    private const string Levels = "--levels";

    /// <summary>Facts and theories of the classes named, one after the other; each that fails is a line.</summary>
    /// <returns>0 where all passed, else 1</returns>
    public static async Task<int> Main(string[] classes)
    {
        if (classes is [Bits or Levels])
        {
            Console.WriteLine(classes[0] == Bits ? LoopBits.Hash() : LevelTests.Names);
            return 0;
        }
        if (classes is [Missing])
        {
            foreach (var call in Calls.Concat(Calls))
            {
                var fault = Record.Exception(call)!;
                Console.WriteLine($"{fault.GetType().Name}: {fault.Message}");
            }
            return 0;
        }
        var (passed, failed) = (0, 0);
        foreach (var name in classes)
        {
            var type = typeof(Program).Assembly.GetTypes().Single(one => one.Name == name);
            var methods = type.GetMethods().Where(one => one.GetCustomAttribute<FactAttribute>() is { Skip: null });
            foreach (var method in methods)
                foreach (var arguments in ArgumentsOf(method))
                {
                    var fault = await FaultOf(type, method, arguments);
                    _ = fault is null ? passed++ : failed++;
                    if (fault is not null)
                        Console.WriteLine($"{name}.{method.Name}({string.Join(", ", arguments)}): {fault.Message}");
                }
        }
        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static IEnumerable<object?[]> ArgumentsOf(MethodInfo method)
    {
        object?[][] given = method.GetCustomAttribute<TheoryAttribute>() is null
            ? [[]]
            : [.. method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method))
                .Select(values => values ?? [null])];
        var defaults = method.GetParameters().Select(parameter => parameter.DefaultValue);
        return given.Select(values => (object?[])[.. values, .. defaults.Skip(values.Length)]);
    }

    private static async Task<Exception?> FaultOf(Type type, MethodInfo method, object?[] arguments)
    {
        BeforeAfterTestAttribute[] around =
        [
            .. type.GetCustomAttributes<BeforeAfterTestAttribute>(),
            .. method.GetCustomAttributes<BeforeAfterTestAttribute>(),
        ];
        try
        {
            foreach (var one in around) one.Before(method);
            var test = Activator.CreateInstance(type);
            try
            {
                if (method.Invoke(test, arguments) is Task task) await task;
            }
            finally
            {
                (test as IDisposable)?.Dispose();
            }
            foreach (var one in around) one.After(method);
            return null;
        }
        catch (Exception fault)
        {
            return fault is TargetInvocationException { InnerException: { } inner } ? inner : fault;
        }
    }
}
