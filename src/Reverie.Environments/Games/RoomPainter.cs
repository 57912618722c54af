namespace Reverie.Environments.Games;

/// <summary>Draws the room of <see cref="TakeCoverGame"/> in perspective: walls, floor and ceiling by one ray a pixel,
/// figures as discs, the far ones first.</summary>
internal static class RoomPainter
{
    // The eye stands behind the line that fireballs arrive at, so that those that arrive are still seen.
    private const double EyeHeight = 0.45, EyeBack = 0.35, Ceiling = 0.9, View = 1.1, Tile = 0.25;
    private const double MonsterSize = 0.13, BallSize = 0.08, SideWall = TakeCoverGame.HalfWidth + 0.3;
    private const int BarHeight = 3;

    private static readonly byte[] Far = [96, 72, 60], Side = [70, 56, 50], Dark = [58, 62, 58], Light = [84, 90, 84],
        Above = [36, 38, 44], Monster = [120, 40, 150], Eye = [240, 230, 90], Ball = [250, 120, 30],
        Core = [255, 230, 140], Full = [70, 200, 90], Empty = [110, 30, 30];

    public static byte[] Paint(ImageSpace space, double place, double lives, IEnumerable<double> monsters,
        IEnumerable<(double Across, double Depth)> balls)
    {
        var picture = new byte[space.Size];
        for (var y = 0; y < space.Height; y++)
            for (var x = 0; x < space.Width; x++)
                Set(picture, space, x, y, Surface(Column(space, x), Line(space, y), place));
        foreach (var monster in monsters)
        {
            Disc(picture, space, monster - place, 0.35, 1, MonsterSize, Monster);
            Disc(picture, space, monster - place, 0.40, 1, MonsterSize / 3, Eye);
        }
        foreach (var (across, depth) in balls.OrderByDescending(ball => ball.Depth))
        {
            Disc(picture, space, across - place, EyeHeight - 0.1, depth, BallSize, Ball);
            Disc(picture, space, across - place, EyeHeight - 0.1, depth, BallSize / 2, Core);
        }
        for (var y = space.Height - BarHeight; y < space.Height; y++)
            for (var x = 0; x < space.Width; x++)
                Set(picture, space, x, y, x < lives * space.Width ? Full : Empty);
        return picture;
    }

    // Where a ray per unit of depth goes: across and up.
    private static double Column(ImageSpace space, int x) => (2 * (x + 0.5) / space.Width - 1) * View;

    private static double Line(ImageSpace space, int y) => (1 - 2 * (y + 0.5) / space.Height) * View;

    // The nearest of far wall, side wall, floor and ceiling that a ray from the eye meets.
    private static byte[] Surface(double across, double up, double place)
    {
        var far = 1 + EyeBack;
        var side = across == 0 ? double.PositiveInfinity : ((across > 0 ? SideWall : -SideWall) - place) / across;
        var level = up == 0 ? double.PositiveInfinity : (up > 0 ? Ceiling - EyeHeight : -EyeHeight) / up;
        if (far <= side && far <= level) return Far;
        if (side <= level) return Side;
        if (up > 0) return Above;
        var (column, row) = (Math.Floor((place + across * level) / Tile), Math.Floor(level / Tile));
        return (column + row) % 2 == 0 ? Light : Dark;
    }

    private static void Disc(byte[] picture, ImageSpace space, double across, double height, double depth, double size,
        byte[] colour)
    {
        var scale = 1 / ((Math.Max(depth, 0) + EyeBack) * View);
        var (x, y) = ((across * scale + 1) * space.Width / 2, (1 - (height - EyeHeight) * scale) * space.Height / 2);
        var radius = size * scale * space.Width / 2;
        for (var row = Math.Max(0, (int)(y - radius)); row < Math.Min(space.Height, y + radius); row++)
            for (var column = Math.Max(0, (int)(x - radius)); column < Math.Min(space.Width, x + radius); column++)
                if (Math.Pow(column + 0.5 - x, 2) + Math.Pow(row + 0.5 - y, 2) <= radius * radius)
                    Set(picture, space, column, row, colour);
    }

    private static void Set(byte[] picture, ImageSpace space, int x, int y, byte[] colour) =>
        colour.CopyTo(picture.AsSpan((y * space.Width + x) * space.Channels));
}
