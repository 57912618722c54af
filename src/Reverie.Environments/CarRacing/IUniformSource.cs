namespace Reverie.Environments.CarRacing;

/// <summary>Where the draws of a track come from.</summary>
public interface IUniformSource
{
    /// <summary>The next number, uniform in [0, 1), on a grid of 2^-53.</summary>
    double Next();

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>), as numpy computes it.</summary>
    double Next(double low, double high) => low + (high - low) * Next();
}
