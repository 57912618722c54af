namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What a run directory shows of its run.</summary>
internal enum RunState
{
    /// <summary>A process works on it.</summary>
    Running,

    /// <summary>It has all the environment steps that it was to have.</summary>
    Finished,

    /// <summary>It was left in order, with a checkpoint of its last moment, and can go on.</summary>
    Stopped,

    /// <summary>Its process ended between two checkpoints: it can go on from the last one.</summary>
    Crashed,
}
