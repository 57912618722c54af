namespace Reverie.Environments.CarRacing;

/// <summary>The black bar below the picture: score, speed, wheels, steering, gyroscope. In pixels of the window.</summary>
internal sealed class Instruments(Look look)
{
    private const double Small = 1e-4;

    private readonly double column = look.WindowWidth / 40.0, line = look.WindowHeight / 40.0;

    /// <summary>Draws the bar.</summary>
    /// <param name="race">As it stands.</param>
    /// <param name="toPixels">From the window to pixels.</param>
    /// <param name="picture">What is drawn into.</param>
    /// <param name="withScore">Whether the score is written.</param>
    internal void Draw(Race race, in Affine toPixels, Rasteriser picture, bool withScore)
    {
        Fill(0, 0, look.WindowWidth, 5 * line, toPixels, picture, Paint.Black);
        var pose = race.Car.Pose;
        var speed = Math.Sqrt((double)pose.VelocityX * pose.VelocityX + (double)pose.VelocityY * pose.VelocityY);
        Upright(5, 0.02, speed, toPixels, picture, Paint.White);
        for (var i = 0; i < 4; i++)
            Upright(7 + i, 0.01, race.Car.Wheels[i].Omega, toPixels, picture,
                i < 2 ? Paint.FrontWheels : Paint.RearWheels);
        Level(20, -10, race.Car.Wheels[0].JointAngle, toPixels, picture, Paint.Steering);
        Level(30, -0.8, pose.AngularVelocity, toPixels, picture, Paint.Red);
        if (withScore)
            Digits.Write(look.ScoreText(race.Score), look, 2.5 * line, toPixels, picture);
    }

    private void Upright(int place, double scale, double value, in Affine toPixels, Rasteriser picture, Paint paint)
    {
        if (!look.LeavesOutSmall || Math.Abs(value) > Small)
            Fill(place * column, line, (place + 1) * column, line + line * scale * value, toPixels, picture, paint);
    }

    private void Level(int place, double scale, double value, in Affine toPixels, Rasteriser picture, Paint paint)
    {
        if (!look.LeavesOutSmall || Math.Abs(value) > Small)
            Fill(place * column, 2 * line, (place + scale * value) * column, 4 * line, toPixels, picture, paint);
    }

    private static void Fill(double left, double bottom, double right, double top, in Affine toPixels,
        Rasteriser picture, Paint paint)
    {
        Span<double> corners = [left, bottom, right, bottom, right, top, left, top];
        picture.Fill(corners, toPixels, paint);
    }
}
