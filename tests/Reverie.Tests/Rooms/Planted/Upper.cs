#pragma warning disable CA1040, CA1034     // they are only to be known

namespace Reverie.Tests.Rooms.Planted.Upper;

internal class Thing;

internal interface IThing;

internal sealed class ThingException : Exception;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class ThingAttribute : Attribute;

internal static class Work
{
    public static int Do() => 1;
}
