namespace Reverie.Cli.Doctor;

/// <summary>What one check of <c>reverie doctor</c> found.</summary>
/// <param name="Check">what was looked at</param>
/// <param name="Ok">whether Reverie can work with it</param>
/// <param name="Value">what is there</param>
/// <param name="Remedy">what to do where it is not ok; null otherwise</param>
internal sealed record Finding(string Check, bool Ok, string Value, string? Remedy)
{
    /// <summary>Runs a check; one that throws has found a problem.</summary>
    public static Finding Of(string check, string remedy, Func<(bool Ok, string Value)> look)
    {
        try
        {
            var (ok, value) = look();
            return new Finding(check, ok, value, ok ? null : remedy);
        }
        catch (Exception fault)
        {
            // A static constructor that failed hides its reason one level down.
            var reason = fault is TypeInitializationException { InnerException: { } inner } ? inner : fault;
            return new Finding(check, false, reason.Message.ReplaceLineEndings(" "), remedy);
        }
    }
}
