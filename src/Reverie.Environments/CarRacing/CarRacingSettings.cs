using Reverie.Configuration;

namespace Reverie.Environments.CarRacing;

/// <summary>Settings of car racing: <c>environment.car_look</c>, <c>environment.car_frame</c>.</summary>
public sealed record CarRacingSettings
{
    /// <summary>Car racing's look: v0 (gym, the paper's) or v3 (Gymnasium); tracks follow from seeds as
    /// there.</summary>
    [Setting("car racing's look: v0 (gym, the paper's) or v3 (Gymnasium); tracks follow from seeds as there",
        Source = "W §3", OneOf = ["v0", "v3"])]
    public string CarLook { get; init; } = "v0";

    /// <summary>Car racing's picture: cropped (84 rows of 96, to 64 by 64), world_models (as that code made it), small
    /// (64 by 64 with the bar), native (96 by 96).</summary>
    [Setting("car racing's picture: cropped (84 rows of 96, to 64 by 64), world_models (as that code made it), small (64 "
        + "by 64 with the bar), native (96 by 96)", OneOf = ["cropped", "world_models", "small", "native"])]
    public string CarFrame { get; init; } = "cropped";
}
