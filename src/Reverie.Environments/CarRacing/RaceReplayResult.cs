namespace Reverie.Environments.CarRacing;

/// <summary>The largest absolute errors of one file of the original car racing; null where nothing was compared.
/// </summary>
/// <remarks>
/// All numbers are held to the last bit: what is a float in Box2D as a float, the others as doubles. Of a picture in the
/// v0 look 0.05 % of the values may differ; in the v3 look 0.8 % by more than 8, and 0.3 in the mean.
/// </remarks>
/// <param name="File">The file.</param>
/// <param name="What">track, seeds or race.</param>
/// <param name="Rows">Points, seeds or steps that were compared.</param>
/// <param name="Draws">Of the numbers drawn from seeds.</param>
/// <param name="Track">Of the points of the road, strips along bends, corners of tiles.</param>
/// <param name="State">Of hull, wheels, hinges, rolling speeds and masses.</param>
/// <param name="Force">Of the tyres' forces.</param>
/// <param name="Reward">Of the rewards.</param>
/// <param name="Tiles">Of counts and numbers of tiles, and of the step that ends the episode.</param>
/// <param name="Picture">The largest mean difference of a picture beside the file, of 255.</param>
/// <param name="Pictures">How many pictures were compared.</param>
/// <param name="FirstDifference">The first row in which anything differs; null where nothing does.</param>
/// <param name="Ok">Whether everything agrees.</param>
public sealed record RaceReplayResult(string File, string What, int Rows,
    double? Draws, double? Track, double? State, double? Force, double? Reward, double? Tiles,
    double? Picture, int Pictures, int? FirstDifference, bool Ok);
