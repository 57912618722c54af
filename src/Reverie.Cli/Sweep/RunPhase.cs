namespace Reverie.Cli.Sweep;

/// <summary>Where a run of a sweep is.</summary>
internal enum RunPhase
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>Another process works on it.</summary>
    Elsewhere,

    /// <summary>This sweep works on it.</summary>
    Running,

    /// <summary>It has all that it was to have.</summary>
    Done,

    /// <summary>It was asked to stop, and has saved.</summary>
    Stopped,

    /// <summary>It ended with a complaint.</summary>
    Failed,
}
