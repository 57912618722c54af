using Reverie.Configuration;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// A Gymnasium environment in a Python process of its own. <c>terminated</c> is <see cref="TimeStep.IsTerminal"/>;
/// <c>truncated</c> alone is <see cref="TimeStep.IsLast"/>.
/// </summary>
/// <remarks>
/// A process that dies or takes too long is an exception like one in Python, and no end of an episode: what it would
/// have shown is not known. The next <see cref="Reset"/> begins in a new process.
/// </remarks>
public class GymnasiumEnvironment : IEnvironment
{
    private readonly string id, options;
    private readonly TimeSpan patience;
    private readonly GymnasiumDescription description;
    private GymnasiumChild? child;
    private int? firstSeed;

    /// <summary>Starts the process.</summary>
    /// <param name="id">As <c>gymnasium.make</c> takes it, perhaps with a module before it.</param>
    /// <param name="config">How long to wait for an answer.</param>
    /// <param name="seed">Of the first reset, where that has none.</param>
    /// <exception cref="ReverieException">There is no Python, no Gymnasium, or no such environment.</exception>
    public GymnasiumEnvironment(string id, EnvironmentConfig config, int seed) : this(id, config, seed, GymnasiumChild.NoOptions)
    {
    }

    /// <summary>Starts the process.</summary>
    /// <param name="id">As <c>gymnasium.make</c> takes it, perhaps with a module before it.</param>
    /// <param name="config">How long to wait for an answer.</param>
    /// <param name="seed">Of the first reset, where that has none.</param>
    /// <param name="options">What else <c>gymnasium.make</c> is told, as an object in JSON.</param>
    /// <exception cref="ReverieException">There is no Python, no Gymnasium, or no such environment.</exception>
    internal GymnasiumEnvironment(string id, EnvironmentConfig config, int seed, string options)
    {
        (this.id, this.options, patience, firstSeed) = (id, options, TimeSpan.FromSeconds(config.Timeout), seed);
        child = GymnasiumChild.Start(id, patience, options);
        description = child.Description;
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
        child ??= Again();
        seed ??= firstSeed;
        firstSeed = null;
        Do(child, seed is null ? "reset" : $"reset {seed}");
        return Row(child.Memory) with { IsFirst = true };
    }

    /// <inheritdoc/>
    /// <exception cref="ReverieException">Python raised an exception, or ended.</exception>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var there = child ?? throw new InvalidOperationException("a step before a reset; reset the environment first");
        if (description.Action.IsNumber && ActionSpace is DiscreteSpace choices) there.Memory.WriteChoice(choices.Choice(action));
        else there.Memory.WriteAction(action.Length == ActionSize ? action
            : throw new ArgumentException($"an action of {action.Length} numbers where the space has {ActionSize}",
                nameof(action)));
        Do(there, "step");
        var memory = there.Memory;
        return Row(memory) with
        {
            Reward = memory.Reward, IsTerminal = memory.Terminated, IsLast = memory.Terminated || memory.Truncated,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        child?.Dispose();
        child = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Has the environment draw itself; null before the first reset of a new process.</summary>
    internal byte[]? Render()
    {
        if (child is null) return null;
        Do(child, "draw");
        return Picture(child.Memory);
    }

    /// <summary>What the last row told of a player's lives (<c>lives</c> of its info); −1 where it told nothing.</summary>
    internal int Lives => child?.Memory.Lives ?? -1;

    /// <summary>Its pictures; null where it has none and draws none.</summary>
    internal ImageSpace? Shown => description.Image;

    private int ActionSize => ActionGroups.Of(ActionSpace).Size;

    // What it shows has its place in the agent by now.
    private GymnasiumChild Again()
    {
        var another = GymnasiumChild.Start(id, patience, options);
        var seen = another.Description;
        if (seen.Observation.Equals(description.Observation) && seen.Actions.Equals(description.Actions)
            && seen.Pictures.SequenceEqual(description.Pictures) && seen.Rendered == description.Rendered)
            return another;
        another.Dispose();
        throw new EnvironmentException($"gym:{id}: a new process plays another environment than the one before: it shows "
            + $"{seen.Observation} and takes {seen.Actions} where that was {description.Observation} and "
            + $"{description.Actions}");
    }

    private void Do(GymnasiumChild there, string command)
    {
        try
        {
            there.Do(command);
        }
        catch (ChildEndedException ended)
        {
            Dispose();
            throw new EnvironmentException(ended.Message, ended);
        }
    }

    private TimeStep Row(SharedMemory memory)
    {
        var vector = new float[description.Low.Length];
        if (vector.Length > 0) memory.ReadVector(vector);
        var mask = new bool[description.Masked ? ActionSize : 0];
        if (description.Masked) memory.ReadMask(mask);
        var row = new TimeStep { Image = [], Vector = [], ActionMask = mask };
        return ObservationSpace is NamedSpace ? row with { Pictures = Pictures(memory), Vectors = Parts(vector) }
            : row with { Image = description.Rendered ? [] : Picture(memory), Vector = vector };
    }

    private Dictionary<string, byte[]> Pictures(SharedMemory memory)
    {
        var (pictures, at) = (new Dictionary<string, byte[]>(), 0);
        foreach (var one in description.Pictures)
        {
            memory.ReadPicture(pictures[one.Name] = new byte[one.Space.Size], at);
            at += one.Space.Size;
        }
        return pictures;
    }

    private Dictionary<string, float[]> Parts(float[] vector)
    {
        var (parts, at) = (new Dictionary<string, float[]>(), 0);
        foreach (var (name, size) in description.Entries)
        {
            parts[name] = vector[at..(at + size)];
            at += size;
        }
        return parts;
    }

    private byte[] Picture(SharedMemory memory)
    {
        var image = new byte[Shown?.Size ?? 0];
        if (image.Length > 0) memory.ReadPicture(image);
        return image;
    }
}

/// <summary>One that shows a vector, and draws itself on demand.</summary>
internal sealed class RenderedGymnasiumEnvironment(string id, EnvironmentConfig config, int seed)
    : GymnasiumEnvironment(id, config, seed), IPictureSource
{
    private byte[]? drawn;

    /// <inheritdoc/>
    public ImageSpace Picture => Shown!;

    /// <inheritdoc/>
    public byte[] Draw() => drawn = Render() ?? drawn ?? new byte[Picture.Size];
}
