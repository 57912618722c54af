namespace Reverie.Environments.CarRacing;

/// <summary>What an agent gets of the picture: the environments that were put around the original.</summary>
public enum Frame
{
    /// <summary>The 84 rows above the bar, by means over areas to 64 by 64: World Models' frame without the accidents of
    /// its code.</summary>
    Cropped,

    /// <summary>As the code of World Models (2018) makes it: stretched in brightness, zeros become 255.</summary>
    WorldModels,

    /// <summary>Drawn at 64 by 64, bar and all, as a later implementation of the paper does.</summary>
    Small,

    /// <summary>96 by 96, the environment's own.</summary>
    Native,
}
