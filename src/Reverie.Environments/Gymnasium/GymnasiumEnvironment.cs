using Reverie.Configuration;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// A Gymnasium environment in a Python process of its own. <c>terminated</c> is <see cref="TimeStep.IsTerminal"/>;
/// <c>truncated</c> alone is <see cref="TimeStep.IsLast"/>.
/// </summary>
/// <remarks>
/// Where the process dies in the middle of an episode, or takes too long and is ended, the episode ends as
/// truncated, with the last observation once more, and the next one begins in a new process. The third time without a whole episode
/// between is an error. An exception in Python is one at once.
/// </remarks>
public class GymnasiumEnvironment : IEnvironment
{
    /// <summary>Deaths in a row that are too many.</summary>
    public const int MostDeaths = 3;

    private readonly string id;
    private readonly TimeSpan patience;
    private readonly GymnasiumDescription description;
    private readonly AreaMeans? resizing;
    private readonly byte[] whole;
    private readonly ImageSpace picture = new();
    private GymnasiumChild? child;
    private TimeStep last;
    private int? firstSeed;
    private int deaths;

    /// <summary>Starts the process.</summary>
    /// <param name="id">As <c>gymnasium.make</c> takes it, perhaps with a module before it.</param>
    /// <param name="config">How long to wait for an answer.</param>
    /// <param name="seed">Of the first reset, where that has none.</param>
    /// <exception cref="ReverieException">There is no Python, no Gymnasium, or no such environment.</exception>
    public GymnasiumEnvironment(string id, EnvironmentConfig config, int seed)
    {
        (this.id, patience, firstSeed) = (id, TimeSpan.FromSeconds(config.Timeout), seed);
        child = GymnasiumChild.Start(id, patience);
        description = child.Description;
        var (height, width) = description.Picture is [var rows, var columns] ? (rows, columns) : (0, 0);
        whole = new byte[3 * height * width];
        resizing = whole.Length == 0 || (height, width) == (picture.Height, picture.Width) ? null
            : new AreaMeans((height, width), (picture.Height, picture.Width));
        ObservationSpace = description.Rendered ? description.Vector : description.Observation;
        ActionSpace = description.Actions;
    }

    /// <inheritdoc/>
    public Space ObservationSpace { get; }

    /// <inheritdoc/>
    public Space ActionSpace { get; }

    /// <inheritdoc/>
    /// <exception cref="ReverieException">Python raised an exception, or ended.</exception>
    public TimeStep Reset(int? seed = null)
    {
        child ??= GymnasiumChild.Start(id, patience);
        seed ??= firstSeed;
        firstSeed = null;
        try
        {
            child.Do(seed is null ? "reset" : $"reset {seed}");
        }
        catch (ChildEndedException ended)
        {
            throw new ReverieException(ended.Message, ended);
        }
        return last = Row() with { IsFirst = true };
    }

    /// <inheritdoc/>
    /// <exception cref="ReverieException">Python raised an exception, or died time and again.</exception>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var there = child ?? throw new InvalidOperationException("a step before a reset; reset the environment first");
        if (ActionSpace is DiscreteSpace choices) there.Memory.WriteChoice(choices.Choice(action));
        else there.Memory.WriteAction(action);
        try
        {
            there.Do("step");
        }
        catch (ChildEndedException ended)
        {
            return Truncate(ended);
        }
        var memory = there.Memory;
        last = Row() with
        {
            Reward = memory.Reward, IsTerminal = memory.Terminated, IsLast = memory.Terminated || memory.Truncated,
        };
        if (last.IsLast) deaths = 0;
        return last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        child?.Dispose();
        child = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Has the environment draw itself; null where its process is no more.</summary>
    internal byte[]? Render()
    {
        try
        {
            child?.Do("draw");
            return child is null ? null : Picture(child.Memory);
        }
        catch (ChildEndedException ended)
        {
            throw new ReverieException(ended.Message, ended);
        }
    }

    private TimeStep Truncate(ChildEndedException ended)
    {
        child?.Dispose();
        child = null;
        if (++deaths == MostDeaths)
            throw new ReverieException($"{ended.Message}; that was the {MostDeaths}rd time in a row", ended);
        GymnasiumTasks.Tell($"gym:{id}: {ended.Message}; the episode ends here as truncated, the next one begins in a "
            + "new process");
        return last = last with { Reward = 0, IsFirst = false, IsLast = true, IsTerminal = false };
    }

    private TimeStep Row()
    {
        var vector = new float[description.Low.Length];
        if (vector.Length > 0) child!.Memory.ReadVector(vector);
        var seen = whole.Length > 0 && !description.Rendered;
        return new() { Image = seen ? Picture(child!.Memory) : [], Vector = vector };
    }

    private byte[] Picture(SharedMemory memory)
    {
        if (resizing is null)
        {
            var image = new byte[picture.Size];
            memory.ReadPicture(image);
            return image;
        }
        memory.ReadPicture(whole);
        return resizing.Apply(whole);
    }
}

/// <summary>One that shows a vector, and draws itself on demand.</summary>
internal sealed class RenderedGymnasiumEnvironment(string id, EnvironmentConfig config, int seed)
    : GymnasiumEnvironment(id, config, seed), IPictureSource
{
    private byte[] drawn = new byte[new ImageSpace().Size];

    /// <inheritdoc/>
    public ImageSpace Picture { get; } = new();

    /// <inheritdoc/>
    public byte[] Draw() => drawn = Render() ?? drawn;
}
