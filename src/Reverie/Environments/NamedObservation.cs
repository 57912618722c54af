using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>Makes of named pictures and vectors the one picture and the one vector that agents see: pictures in the
/// channels of one, vectors one after the other, in the order of the space.</summary>
internal sealed class NamedObservation : EnvironmentWrapper
{
    private readonly (string Name, ImageSpace Own, AreaMeans? Means)[] pictures;
    private readonly NamedPart[] vectors;
    private readonly ImageSpace? shown;
    private readonly int entries;

    private NamedObservation(IEnvironment inner, NamedSpace own, (int Height, int Width)? sides) : base(inner)
    {
        ObservationSpace = own.Joined(sides);
        shown = SpaceRule.PictureOf(ObservationSpace);
        entries = SpaceRule.VectorOf(ObservationSpace)?.Size ?? 0;
        pictures = [.. own.Pictures.Select(one => (one.Name, one.Image,
            (one.Image.Height, one.Image.Width) == (shown!.Height, shown.Width) ? null
                : new AreaMeans((one.Image.Height, one.Image.Width), (shown.Height, shown.Width), one.Image.Channels)))];
        vectors = [.. own.Parts.Where(part => part.Space is not ImageSpace)];
    }

    /// <inheritdoc/>
    public override Space ObservationSpace { get; }

    /// <summary>Wraps an environment whose observations have names; another is returned as it is.</summary>
    /// <exception cref="ConfigurationException">Its pictures are not alike, and are to stay what they are.</exception>
    public static IEnvironment Wrap(IEnvironment inner, EnvironmentConfig config) =>
        inner.ObservationSpace is NamedSpace own ? new NamedObservation(inner, own, config.PictureSides) : inner;

    /// <inheritdoc/>
    public override TimeStep Reset(int? seed = null) => Joined(Inner.Reset(seed));

    /// <inheritdoc/>
    public override TimeStep Step(ReadOnlySpan<float> action) => Joined(Inner.Step(action));

    private TimeStep Joined(TimeStep row) => row with
    {
        Image = Picture(row), Vector = Vector(row), Pictures = null, Vectors = null,
    };

    private byte[] Picture(TimeStep row)
    {
        if (shown is null) return [];
        byte[]? joined = null;
        var (at, all) = (0, shown.Channels);
        foreach (var (name, own, means) in pictures)
        {
            var picture = row.Pictures?.GetValueOrDefault(name) ?? [];
            if (picture.Length != own.Size)
                throw new EnvironmentException($"its picture {name} has {picture.Length} bytes where {own.Size} are due, for {own}");
            if (means is not null) picture = means.Apply(picture);
            if (pictures.Length == 1) return picture;
            joined ??= new byte[shown.Size];
            for (var pixel = 0; pixel < picture.Length / own.Channels; pixel++)
                picture.AsSpan(pixel * own.Channels, own.Channels).CopyTo(joined.AsSpan(pixel * all + at));
            at += own.Channels;
        }
        return joined!;
    }

    private float[] Vector(TimeStep row)
    {
        var (joined, at) = (new float[entries], 0);
        foreach (var (name, space) in vectors)
        {
            var vector = row.Vectors?.GetValueOrDefault(name) ?? [];
            var due = (space as BoxSpace)?.Size ?? ((DiscreteSpace)space).Count;
            if (vector.Length != due)
                throw new EnvironmentException($"its vector {name} has {vector.Length} entries where {due} are due");
            if (space is DiscreteSpace && !DiscreteSpace.IsOneHot(vector))
                throw new EnvironmentException($"its {name} is none of {due} choices, one-hot");
            vector.CopyTo(joined, at);
            at += due;
        }
        return joined;
    }
}
