namespace Reverie.Environments.CarRacing;

/// <summary>How a <see cref="CarRacingEnvironment"/> is made.</summary>
/// <param name="Look">How it is drawn; tracks follow from seeds as in the versions that had this look.</param>
/// <param name="Frame">What an agent sees of the picture.</param>
/// <param name="IsDiscrete">Whether actions are choices.</param>
/// <param name="Seed">Same seed, same tracks.</param>
/// <param name="NativeSize">Rows and columns of <see cref="Frame.Native"/> pictures; the original has 96.</param>
public sealed record CarRacingOptions(
    Look Look, Frame Frame = Frame.Cropped, bool IsDiscrete = false, int Seed = 0, int NativeSize = 96);
