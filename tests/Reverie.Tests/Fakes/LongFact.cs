namespace Reverie.Tests.Fakes;

/// <summary>A test that takes minutes, and runs only where <c>REVERIE_LONG</c> asks for it, as <c>scripts/campaign</c>
/// does.</summary>
internal sealed class LongFactAttribute : FactAttribute
{
    private const string Variable = "REVERIE_LONG";

    /// <summary>Whether this process is to take minutes.</summary>
    internal static bool Asked { get; } = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable));

    public LongFactAttribute()
    {
        if (!Asked)
            Skip = $"takes minutes; {Variable}=1 runs it";
    }
}
