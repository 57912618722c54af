using Reverie.Environments.CarRacing;

namespace Reverie.Tests.CarRacing;

/// <summary>Steers towards a point of the road some way ahead, and slows down for bends.</summary>
internal static class Driver
{
    internal static (double Steer, double Gas, double Brake) Act(Race race)
    {
        var (pose, points) = (race.Car.Pose, race.Track.Points);
        var nearest = Enumerable.Range(0, points.Count).MinBy(i =>
            (points[i].X - pose.X) * (points[i].X - pose.X) + (points[i].Y - pose.Y) * (points[i].Y - pose.Y));
        var target = points[(nearest + 4) % points.Count];
        var (x, y) = (target.X - pose.X, target.Y - pose.Y);
        var right = Math.Atan2(x * pose.RightX + y * pose.RightY, x * pose.UpX + y * pose.UpY);
        var speed = Math.Sqrt(pose.VelocityX * pose.VelocityX + pose.VelocityY * pose.VelocityY);
        return (Math.Clamp(right, -0.4, 0.4), speed < 30 ? 0.5 : 0, speed > 40 ? 0.2 : 0);
    }
}
