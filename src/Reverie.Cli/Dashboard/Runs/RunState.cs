namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What a run directory shows of its run.</summary>
internal enum RunState
{
    /// <summary>A process works on it.</summary>
    Running,

    /// <summary>All its work is done, as its newest checkpoint says.</summary>
    Finished,

    /// <summary>It was left in order, with a checkpoint of its last moment, and can go on.</summary>
    Stopped,

    /// <summary>Its process ended between two checkpoints: it can go on from the last one.</summary>
    Crashed,

    /// <summary>One of its files is not what a run writes; what can be read of it is shown.</summary>
    Damaged,
}
