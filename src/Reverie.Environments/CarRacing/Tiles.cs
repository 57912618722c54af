using Reverie.Environments.Box2D;

namespace Reverie.Environments.CarRacing;

/// <summary>The road as sensors: which tiles were visited, and which lost their shade to a touch.</summary>
public sealed class Tiles
{
    private readonly Body[] bodies;
    private readonly bool[] visited, touched;
    private readonly List<int> fresh = [];

    /// <summary>Lays the tiles of a track, in order, each tagged by its number.</summary>
    internal Tiles(World world, Track track)
    {
        var count = track.Points.Count;
        (visited, touched) = (new bool[count], new bool[count]);
        bodies = new Body[count];
        for (var i = 0; i < count; i++)
        {
            bodies[i] = world.AddBody(BodyType.Static, 0, 0, 0, i);
            bodies[i].AddPolygon(Outline(track, i), new FixtureDefinition(Density: 0, IsSensor: 1));
        }
    }

    /// <summary>Their number.</summary>
    public int Count => bodies.Length;

    /// <summary>How many a wheel has been on.</summary>
    public int Visited { get; private set; }

    /// <summary>Those first visited in the latest step, in order.</summary>
    public IReadOnlyList<int> Fresh => fresh;

    /// <summary>Whether any part of the car came onto or off a tile: it is drawn plain from then on.</summary>
    public bool IsTouched(int tile) => touched[tile];

    /// <summary>Corners of a tile as Box2D ordered them, x and y in turns.</summary>
    public float[] Corners(int tile) => bodies[tile].Corners();

    /// <summary>Takes what a step of the world told of contacts.</summary>
    /// <param name="contacts">Between tiles and the car.</param>
    /// <param name="wheels">The wheels.</param>
    /// <param name="hullTag">Tag of the hull; the wheels count down from the number below.</param>
    internal void Take(ReadOnlySpan<Contact> contacts, IReadOnlyList<Wheel> wheels, int hullTag)
    {
        fresh.Clear();
        foreach (var contact in contacts)
        {
            var (tile, other) = contact.TagA > contact.TagB
                ? (contact.TagA, contact.TagB)
                : (contact.TagB, contact.TagA);
            if (tile < 0 || other >= 0)
                continue;
            touched[tile] = true;
            if (other == hullTag)
                continue;
            wheels[hullTag - 1 - other].TilesTouched += contact.Begins ? 1 : -1;
            if (!contact.Begins || visited[tile])
                continue;
            visited[tile] = true;
            Visited++;
            fresh.Add(tile);
        }
    }

    // Between the point before and this one: left, right, right, left.
    private static float[] Outline(Track track, int tile)
    {
        var (here, before) = (track.Points[tile], track.Points[tile == 0 ? track.Points.Count - 1 : tile - 1]);
        var outline = new float[8];
        (outline[0], outline[1]) = Single(here.Across(-Track.HalfWidth));
        (outline[2], outline[3]) = Single(here.Across(Track.HalfWidth));
        (outline[4], outline[5]) = Single(before.Across(Track.HalfWidth));
        (outline[6], outline[7]) = Single(before.Across(-Track.HalfWidth));
        return outline;
    }

    private static (float, float) Single((double X, double Y) place) => ((float)place.X, (float)place.Y);
}
