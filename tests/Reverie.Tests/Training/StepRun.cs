using Reverie.Tests.Fakes;

namespace Reverie.Tests.Training;

/// <summary>Runs that learn while episodes go on: chunks of six rows, four in a batch, and an agent that notices whatever is
/// not as it was.</summary>
internal static class StepRun
{
    public static string[] Settings(params string[] set) =>
    [
        "task=" + LineEnvironment.Task, "agent=dreamerv3", "model.continue=true", "model.dynamics=discrete_rssm",
        "model.encoder=vector", "environment.time_limit=0", "environment.count=3",
        "environment.threads=1", "replay.batch_size=4", "training.train_ratio=10",
        "training.env_steps=150", "training.evaluate_every=20", "training.checkpoint_every=7", "training.log_every=3",
        .. set,
    ];

    public static TinyRun Open(string path, params string[] set) =>
        TinyRun.Open(path, layout => new RememberingAgent(layout), Settings(set));

    /// <summary>Opens, runs to the end, and closes.</summary>
    /// <returns>what the user was told</returns>
    public static List<string> Complete(string path, params string[] set)
    {
        using var run = Open(path, set);
        run.Trainer.Run();
        return run.Lines;
    }
}
