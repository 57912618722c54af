using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>Any number of pictures and vectors at once, by name, in <see cref="TimeStep.Pictures"/> and
/// <see cref="TimeStep.Vectors"/>.</summary>
/// <remarks>Agents see one picture and one vector of them: pictures lie in the channels of one, which keeps their names
/// (<see cref="ImageSpace.Views"/>), and vectors one after the other, in this order. Pictures of different sizes become
/// alike by <c>environment.picture</c>.</remarks>
/// <param name="Parts">What there is.</param>
public sealed record NamedSpace(params IReadOnlyList<NamedPart> Parts) : Space
{
    /// <summary>Same parts in the same order.</summary>
    public bool Equals(NamedSpace? other) => other is not null && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => Parts.Aggregate(Parts.Count, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", Parts.Select(part => $"{part.Name} {part.Space}"));

    /// <summary>The pictures.</summary>
    internal IEnumerable<(string Name, ImageSpace Image)> Pictures =>
        Parts.Where(part => part.Space is ImageSpace).Select(part => (part.Name, (ImageSpace)part.Space));

    /// <summary>The vectors and what one-hot choices are as such.</summary>
    internal IEnumerable<(string Name, BoxSpace Box)> Vectors => Parts.Where(part => part.Space is BoxSpace or DiscreteSpace)
        .Select(part => (part.Name, part.Space as BoxSpace ?? BoxSpace.Uniform(((DiscreteSpace)part.Space).Count, 0, 1)));

    /// <summary>One vector of them all; null where there is none.</summary>
    internal BoxSpace? Vector => Vectors.Select(part => part.Box).ToArray() is { Length: > 0 } boxes
        ? new([.. boxes.SelectMany(box => box.Low)], [.. boxes.SelectMany(box => box.High)]) : null;

    /// <summary>One picture of them all, of the size of the first; null where there is none.</summary>
    internal ImageSpace? Picture => Pictures.ToArray() switch
    {
        [] => null,
        [var (_, only)] => only,
        var all => all[0].Image with
        {
            Channels = all.Sum(one => one.Image.Channels), Views = [.. all.Select(one => new ImageView(one.Name, one.Image.Channels))],
        },
    };

    /// <summary>What agents see of it before anything is made of its pictures.</summary>
    /// <param name="sides">Size that pictures are made where they are not alike; null where they are to stay.</param>
    /// <exception cref="ConfigurationException">They are to stay and are not alike.</exception>
    internal Space Joined((int Height, int Width)? sides)
    {
        var picture = Picture;
        if (picture is not null && Pictures.Select(one => (one.Image.Height, one.Image.Width)).Distinct().Count() > 1)
            picture = sides is var (height, width) ? picture with { Height = height, Width = width }
                : throw new ConfigurationException("environment.picture: native, but pictures differ in size ("
                    + string.Join(", ", Pictures.Select(one => $"{one.Name} {one.Image.Width} by {one.Image.Height}"))
                    + $"); a size, such as {PictureSize.Published}, makes them alike");
        return (picture, Vector) switch
        {
            ({ } image, { } vector) => new MixedSpace(image, vector),
            ({ } image, null) => image,
            (_, var vector) => vector!,
        };
    }
}

/// <summary>A picture or a vector by its name.</summary>
/// <param name="Name">Letters, digits and whatever else is no slash or control character; another one for each.</param>
/// <param name="Space">An <see cref="ImageSpace"/>, a <see cref="BoxSpace"/>, or a <see cref="DiscreteSpace"/>, which is a one-hot
/// vector.</param>
public sealed record NamedPart(string Name, Space Space);

/// <summary>One of several pictures that lie in the channels of one.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Channels">How many are its own.</param>
public sealed record ImageView(string Name, int Channels);
