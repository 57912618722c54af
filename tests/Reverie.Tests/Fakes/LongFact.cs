namespace Reverie.Tests.Fakes;

/// <summary>A test that takes minutes, and runs only where <c>REVERIE_LONG</c> asks for it, as <c>scripts/campaign</c>
/// does.</summary>
internal sealed class LongFactAttribute : FactAttribute
{
    private const string Variable = "REVERIE_LONG";

    public LongFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            Skip = $"takes minutes; {Variable}=1 runs it";
    }
}
