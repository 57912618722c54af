using System.Reflection;

namespace Reverie.Environments;

/// <summary>Exceptions of somebody else's code, whatever they are like.</summary>
internal static class ForeignFault
{
    /// <summary>The exception that says why: of a static constructor that failed, the one that it threw.</summary>
    public static Exception Of(Exception fault) =>
        fault is TypeInitializationException or TargetInvocationException && fault.InnerException is { } inner ? Of(inner) : fault;

    /// <summary>What it says, in a line.</summary>
    public static string Words(Exception fault)
    {
        try
        {
            return fault.Message is { } words ? words.ReplaceLineEndings(" ") : "it has no message";
        }
        catch (Exception worse)
        {
            return $"its message cannot be read: {worse.GetType().Name}";
        }
    }
}
