using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>Makes the pictures of an environment what <c>environment.picture</c>, <c>grey</c> and <c>stack</c> ask
/// for.</summary>
internal static class PictureChoice
{
    /// <summary>What comes of what an environment shows before its pictures are looked at: one picture and one vector.
    /// </summary>
    /// <exception cref="ConfigurationException">Its pictures differ in size and are to stay what they are.</exception>
    public static Space Joined(Space own, EnvironmentConfig config)
    {
        if (own is NamedSpace named) own = named.Joined(config.PictureSides);
        return config.Missing ? MissingEntries.Doubled(own) : own;
    }

    /// <summary>Puts around an environment what makes of all that it shows one picture and one vector.</summary>
    /// <exception cref="ConfigurationException">Its pictures differ in size and are to stay what they are.</exception>
    public static IEnvironment Join(IEnvironment environment, EnvironmentConfig config)
    {
        environment = NamedObservation.Wrap(environment, config);
        return config.Missing && SpaceRule.VectorOf(environment.ObservationSpace) is not null ? new MissingEntries(environment)
            : environment;
    }

    /// <summary>What becomes of a space of observations; one without a picture stays what it is.</summary>
    /// <exception cref="ConfigurationException">A picture cannot be made so.</exception>
    public static Space Of(Space own, EnvironmentConfig config)
    {
        if (SpaceRule.PictureOf(own) is not { } picture) return own;
        if (config.PictureSides is var (height, width)) picture = picture with { Height = height, Width = width };
        if (config.Grey) picture = GreyPicture.Grey(picture);
        return With(own, picture with { Channels = picture.Channels * config.Stack });
    }

    /// <summary>Puts around an environment what makes its pictures so; nothing where they are.</summary>
    /// <exception cref="ConfigurationException">A picture cannot be made so.</exception>
    public static IEnvironment Wrap(IEnvironment environment, EnvironmentConfig config)
    {
        if (SpaceRule.PictureOf(environment.ObservationSpace) is not { } own) return environment;
        if (config.PictureSides is var (height, width) && (height, width) != (own.Height, own.Width))
            environment = new ResizedPicture(environment, height, width);
        if (config.Grey && GreyPicture.Grey(own) != own)
            environment = new GreyPicture(environment);
        return config.Stack > 1 ? new StackedPictures(environment, config.Stack) : environment;
    }

    /// <summary>The space with another picture.</summary>
    public static Space With(Space space, ImageSpace picture) =>
        space is MixedSpace both ? both with { Image = picture } : picture;
}
