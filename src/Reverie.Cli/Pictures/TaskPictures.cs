using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.CarRacing;
using Reverie.Environments.ControlSuite;
using Reverie.Environments.Mujoco;

namespace Reverie.Cli.Pictures;

/// <summary>Pictures of a task under random actions.</summary>
internal sealed class TaskPictures : IDisposable
{
    private readonly IEnvironment environment;
    private readonly ImageSpace space;
    private readonly int seed, scale;

    /// <summary>Makes the task.</summary>
    /// <param name="task">its name</param>
    /// <param name="config">quality, repeat, OpenGL</param>
    /// <param name="seed">of the start and the actions</param>
    /// <param name="size">rows, and pixels of a row; null for those an agent sees</param>
    /// <exception cref="ReverieException">the task has no pictures, or none of that size</exception>
    public TaskPictures(string task, EnvironmentConfig config, int seed, int? size)
    {
        this.seed = seed;
        environment = size is { } wanted && Drawn(task, config, seed, wanted) is { } drawn
            ? drawn
            : EnvironmentRegistry.Make(task, config, seed, ObservationKind.Pixels);
        space = (ImageSpace)environment.ObservationSpace;
        scale = Math.Max(1, (size ?? space.Width) / space.Width);
        (Width, Height) = (scale * space.ToShown().Width, scale * space.Height);
        if (size is null || (scale * space.Width == size && Height == size))
            return;
        environment.Dispose();
        throw new ReverieException(
            $"task {task} has pictures of {space.Width} by {space.Height}; --size must be a multiple of that");
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The start, then a picture after every decision, without end.</summary>
    public IEnumerable<byte[]> Film()
    {
        var random = new RandomSource((ulong)seed);
        var row = environment.Reset(seed);
        while (true)
        {
            yield return Enlarged(space.ToRgb(row.Image));
            row = row.IsLast ? environment.Reset() : environment.Step(RandomAction.Draw(environment.ActionSpace, random, row.ActionMask));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => environment.Dispose();

    // Agents see 64 by 64; what draws itself does so in any size.
    private static PixelObservation? Drawn(string task, EnvironmentConfig config, int seed, int size)
    {
        var drawing = config.Of<MujocoSettings>();
        IEnvironment? bare = ControlSuiteTasks.Names.Contains(task)
            ? ControlSuiteTasks.Make(task, seed, PictureQuality.Named(drawing.Quality), OpenGl.Named(drawing.Gl), size)
            : CarRacingTasks.Names.Contains(task)
            ? CarRacingTasks.Make(task, new CarRacingOptions(
                Look.Named(config.Of<CarRacingSettings>().CarLook), Frame.Native, Seed: seed, NativeSize: size))
            : null;
        if (bare is null)
            return null;
        var repeated = new ActionRepeat(bare, EnvironmentRegistry.Find(task).ActionRepeat);
        return new PixelObservation(NormalizeActions.Wrap(repeated), (IPictureSource)bare);
    }

    // Every pixel becomes a square.
    private byte[] Enlarged(byte[] picture)
    {
        if (scale == 1) return picture;
        const int Channels = 3;
        var larger = new byte[picture.Length * scale * scale];
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                picture.AsSpan((y / scale * (Width / scale) + x / scale) * Channels, Channels)
                    .CopyTo(larger.AsSpan((y * Width + x) * Channels));
        return larger;
    }
}
