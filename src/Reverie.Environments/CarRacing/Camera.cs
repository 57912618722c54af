namespace Reverie.Environments.CarRacing;

/// <summary>Where the picture looks: from the whole field down to the car, which sits in its lower half.</summary>
internal static class Camera
{
    private const double Zoom = 2.7 * Track.Scale;       // pixels of the window in a metre
    private const double FarZoom = 0.1 * Track.Scale;
    private const double MovingSpeed = 0.5;

    /// <summary>From metres to the window, origin bottom left.</summary>
    internal static Affine ToWindow(Race race, Look look)
    {
        var pose = race.Car.Pose;
        var zoom = FarZoom * Math.Max(1 - race.Time, 0) + Zoom * Math.Min(race.Time, 1);
        var angle = -(double)pose.Angle;
        double velocityX = pose.VelocityX, velocityY = pose.VelocityY;
        if (look.FollowsVelocity && Math.Sqrt(velocityX * velocityX + velocityY * velocityY) > MovingSpeed)
            angle = Math.Atan2(velocityX, velocityY);
        var (sine, cosine) = (zoom * Math.Sin(angle), zoom * Math.Cos(angle));
        return new Affine(cosine, -sine, sine, cosine,
            look.WindowWidth / 2.0 - (pose.X * cosine - pose.Y * sine),
            look.WindowHeight / 4.0 - (pose.X * sine + pose.Y * cosine));
    }
}
