using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>Makes an environment show what it is asked for, and no more.</summary>
public static class ObservationChoice
{
    /// <summary><c>model.encoder</c>, as environments are asked.</summary>
    public static ObservationKind Sees(this ModelConfig config) =>
        Enum.Parse<ObservationKind>(config.Encoder, ignoreCase: true);

    /// <summary>What is left of a space of observations.</summary>
    /// <param name="task">Whose it is, for the message.</param>
    /// <param name="offered">All that can be seen.</param>
    /// <param name="asked">What is wanted of it.</param>
    /// <exception cref="ReverieException">It lacks what is asked for.</exception>
    public static Space Of(string task, Space offered, ObservationKind asked)
    {
        var (image, vector) = (SpaceRule.PictureOf(offered), SpaceRule.VectorOf(offered));
        if (image is null && asked != ObservationKind.Vector)
            throw new ConfigurationException($"task {task} gives no pictures: its environment observes a vector and is no "
                + $"{nameof(IPictureSource)}; model.encoder=vector learns from the vector alone");
        if (vector is null && asked != ObservationKind.Pixels)
            throw new ConfigurationException(
                $"task {task} gives no vector, but pictures alone; model.encoder=pixels learns from them");
        return asked switch
        {
            ObservationKind.Pixels => image!,
            ObservationKind.Vector => vector!,
            _ => offered,
        };
    }

    /// <summary>Puts around an environment what the choice needs: nothing where it observes just that.</summary>
    /// <param name="task">Whose it is, for the message.</param>
    /// <param name="environment">The environment, wrapped.</param>
    /// <param name="bare">The innermost one, which draws where it is an <see cref="IPictureSource"/>.</param>
    /// <param name="asked">What is wanted.</param>
    /// <exception cref="ReverieException">It lacks what is asked for.</exception>
    internal static IEnvironment Wrap(string task, IEnvironment environment, IEnvironment bare, ObservationKind asked)
    {
        var own = environment.ObservationSpace;
        var source = own is BoxSpace ? bare as IPictureSource : null;
        var shown = Of(task, source is null ? own : new MixedSpace(source.Picture, (BoxSpace)own), asked);
        return shown == own ? environment
            : source is null ? new PartialObservation(environment, shown)
            : new PixelObservation(environment, source, keepVector: shown is MixedSpace);
    }
}
