namespace Reverie.Environments.CarRacing;

/// <summary>A map of the plane: (x, y) ↦ (ax + by + e, cx + dy + f).</summary>
internal readonly record struct Affine(double A, double B, double C, double D, double E, double F)
{
    /// <summary>Maps x and y in turns.</summary>
    internal void Apply(ReadOnlySpan<double> corners, Span<double> mapped)
    {
        for (var i = 0; i < corners.Length; i += 2)
        {
            mapped[i] = A * corners[i] + B * corners[i + 1] + E;
            mapped[i + 1] = C * corners[i] + D * corners[i + 1] + F;
        }
    }

    /// <summary>This map after <paramref name="first"/>.</summary>
    internal Affine After(Affine first) => new(
        A * first.A + B * first.C, A * first.B + B * first.D,
        C * first.A + D * first.C, C * first.B + D * first.D,
        A * first.E + B * first.F + E, C * first.E + D * first.F + F);
}
