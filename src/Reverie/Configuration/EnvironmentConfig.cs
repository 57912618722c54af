namespace Reverie.Configuration;

/// <summary>The environment and its wrappers.</summary>
public sealed record EnvironmentConfig
{
    /// <summary>Environment steps per decision; 0 takes the task's own.</summary>
    [Setting("environment steps per decision; 0 takes the task's own",
        Source = "P App. A, table of repeats", Min = 0, Max = 100)]
    public int ActionRepeat { get; init; }

    /// <summary>Decisions after which an episode ends; 0 takes the task's own.</summary>
    [Setting("decisions after which an episode ends; 0 takes the task's own", Min = 0)]
    public int TimeLimit { get; init; }

    /// <summary>Values that each dimension of a continuous action is cut to, all combinations being the choices; 0
    /// leaves actions as they are.</summary>
    [Setting("values that each dimension of a continuous action is cut to, all combinations being the choices; 0 leaves "
        + "actions as they are", Min = 0, Max = 1024)]
    public int Discretize { get; init; }

    /// <summary>Pictures that agents see: WIDTHxHEIGHT, to which others are made by means over areas, or native for those
    /// that the task shows; folders of episodes keep theirs.</summary>
    [Setting("pictures that agents see: WIDTHxHEIGHT, to which others are made by means over areas, or native for those "
        + "that the task shows; folders of episodes keep theirs", Source = "P App. A", IsLater = true)]
    public string Picture { get; init; } = PictureSize.Published;

    /// <summary>Whether colours become one channel, their brightness.</summary>
    [Setting("whether colours become one channel, their brightness", IsLater = true)]
    public bool Grey { get; init; }

    /// <summary>Pictures that are seen at once, the newest and those before it, as channels of one.</summary>
    [Setting("pictures that are seen at once, the newest and those before it, as channels of one",
        Source = "one; DQN has four for want of a memory", Min = 1, Max = 16, IsLater = true)]
    public int Stack { get; init; } = 1;

    /// <summary>Whether entries of the vector may be NaN where they are not known: they stand as 0, and after all of them
    /// come as many more, 1 for each that is known.</summary>
    [Setting("whether entries of the vector may be NaN where they are not known: they stand as 0, and after all of them "
        + "come as many more, 1 for each that is known", IsLater = true)]
    public bool Missing { get; init; }

    /// <summary>How far continuous actions go where a bound is infinite: from −reach to reach, or 2 · reach away from the
    /// one bound that there is.</summary>
    [Setting("how far continuous actions go where a bound is infinite: from −reach to reach, or 2 · reach away from the "
        + "one bound that there is", Source = "[-1, 1] in the Dreamers' code", Min = 1e-6, Max = 1e30, IsLater = true)]
    public double ActionReach { get; init; } = 1;

    /// <summary>Tasks dream:RUN: temperature τ of the latents.</summary>
    [Setting("tasks dream:RUN: temperature τ of the latents", Source = "W §4", Min = 1e-3, Max = 100)]
    public double Temperature { get; init; } = 1;

    /// <summary>Environments that act at once while collecting, of each task.</summary>
    [Setting("environments that act at once while collecting, of each task", Min = 1, Max = 256)]
    public int Count { get; init; } = 1;

    /// <summary>Threads that step them; 0 is one per environment up to the processors, 1 the caller's alone.</summary>
    [Setting("threads that step them; 0 is one per environment up to the processors, 1 the caller's alone",
        Min = 0, Max = 256, MayChange = true)]
    public int Threads { get; init; }

    /// <summary>Tasks gym:ID and FILE.dll:TYPE: seconds to wait for an answer of the environment; a Python process is
    /// ended then, and a run in a class library's saved and left.</summary>
    [Setting("tasks gym:ID and FILE.dll:TYPE: seconds to wait for an answer of the environment; a Python process is ended "
        + "then, and a run in a class library's saved and left", Min = 1e-3, Max = 1e6, MayChange = true)]
    public double Timeout { get; init; } = 60;

    /// <summary>Rows, and pixels of a row, that <see cref="Picture"/> asks for; null for <c>native</c>.</summary>
    /// <exception cref="ConfigurationException">It is no size.</exception>
    public (int Height, int Width)? PictureSides => PictureSize.Of(Picture);

    /// <summary>What environments have declared for themselves.</summary>
    internal OwnSettings Own { get; private init; } = new();

    /// <summary>The settings of a kind that <see cref="Settings.Declare{T}"/> has made known, or their defaults.</summary>
    public T Of<T>() where T : class, new() => (T)Own.Of(typeof(T));

    /// <summary>The same with other settings of that kind.</summary>
    public EnvironmentConfig With<T>(T settings) where T : class, new() => this with { Own = Own.With(settings) };
}
