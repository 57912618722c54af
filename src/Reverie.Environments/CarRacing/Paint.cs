namespace Reverie.Environments.CarRacing;

/// <summary>What a pixel shows, before a <see cref="Look"/> gives it a colour.</summary>
public enum Paint : byte
{
    /// <summary>Outside the field, the bar, tyres.</summary>
    Black,

    /// <summary>The field.</summary>
    Field,

    /// <summary>Its lighter patches.</summary>
    Grass,

    /// <summary>Road, and tiles that were touched.</summary>
    Road,

    /// <summary>Road a shade lighter.</summary>
    LighterRoad,

    /// <summary>Road two shades lighter.</summary>
    LightestRoad,

    /// <summary>Strips, the score, the speed.</summary>
    White,

    /// <summary>Strips, the gyroscope.</summary>
    Red,

    /// <summary>The car.</summary>
    Hull,

    /// <summary>What shows that a wheel rolls.</summary>
    Stripe,

    /// <summary>Speed of the front wheels.</summary>
    FrontWheels,

    /// <summary>Speed of the rear wheels.</summary>
    RearWheels,

    /// <summary>The steering angle.</summary>
    Steering,
}
