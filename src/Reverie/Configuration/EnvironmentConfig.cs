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

    /// <summary>Picture quality: suite (as published) or fast.</summary>
    [Setting("picture quality: suite (as published) or fast", OneOf = ["suite", "fast"])]
    public string Quality { get; init; } = "suite";

    /// <summary>OpenGL that draws: osmesa (software), egl (a graphics card if there is one), auto (osmesa, else
    /// egl).</summary>
    [Setting("OpenGL that draws: osmesa (software), egl (a graphics card if there is one), auto (osmesa, else egl)",
        OneOf = ["auto", "osmesa", "egl"])]
    public string Gl { get; init; } = "auto";

    /// <summary>Tasks dream:RUN: temperature τ of the latents.</summary>
    [Setting("tasks dream:RUN: temperature τ of the latents", Source = "W §4", Min = 1e-3, Max = 100)]
    public double Temperature { get; init; } = 1;

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

    /// <summary>Environments that act at once while collecting.</summary>
    [Setting("environments that act at once while collecting", Min = 1, Max = 256)]
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
}
