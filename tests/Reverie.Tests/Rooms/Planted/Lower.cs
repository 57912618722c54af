using System.CodeDom.Compiler;
using Reverie.Tests.Rooms.Planted.Upper;

namespace Reverie.Tests.Rooms.Planted.Lower;

internal sealed class Base : Thing;

internal sealed class Interface : IThing;

[Thing]
internal sealed class Marked;

internal sealed class Constraint<T> where T : IThing;

/// <summary>Each member knows something of the other namespace in a way of its own.</summary>
internal sealed class Uses
{
    public static readonly Thing? Field = null;

    public static void Parameter(Thing thing) => _ = thing is null;

    public static void Argument(IReadOnlyDictionary<int, Thing[]> things) => _ = things.Count;

    public static bool Local()
    {
        Thing? local = null;
        return Same(ref local);
    }

    public static int Call() => Work.Do();

    public static int Filled() => Array.Empty<Thing>().Length;

    public static Type TypeOf() => typeof(Thing);

    public static void Catch()
    {
        try
        {
            Console.Out.Flush();
        }
        catch (ThingException)
        {
        }
    }

    public static Func<int> Lambda(int more) => () => Work.Do() + more;

    public static IEnumerable<int> Iterator()
    {
        yield return Work.Do();
    }

    [GeneratedCode("a test", "1")]
    public static int Generated() => Work.Do();

    private static bool Same<T>(ref T value) => value is null;
}
