using Reverie.Configuration;

namespace Reverie.Tests.Documents;

/// <summary>A command of a page as a test can afford it: the same verb and options, sizes of toys in place of hours, by
/// settings alone.</summary>
internal static class ShortCommand
{
    // In place of what a page sets for a run of hours. Numbers of models stay as the page has them.
    private static readonly string[] Toys =
    [
        "training.env_steps=200", "training.seed_episodes=2", "training.pretrain_updates=0",
        "training.updates_per_episode=1", "training.evaluate_every=1", "training.evaluation_episodes=1",
        "replay.batch_size=2", "replay.chunk_length=8", "environment.time_limit=20", "imagination.horizon=4",
        "compute.threads=1",
    ];

    private static readonly string[] ToysOfWorldModels =
        ["controller.population=4", "controller.episodes=1", "controller.generations=2"];

    // Updates fall between steps there, and more of them.
    private static readonly string[] ToysInSteps = ["training.train_ratio=2", "imagination.last=0", "training.evaluate_every=3"];

    /// <summary>What to hand to the program.</summary>
    /// <param name="words">As the page has them, without the program.</param>
    /// <param name="place">Where a run goes that is not named: variants of a page would take one folder otherwise.</param>
    public static string[] Of(string[] words, string place) => words[0] switch
    {
        "train" when words.Contains("--seeds") => [.. Train(words), "--set", "training.test_episodes=1"],
        "train" => Train(words.Contains("--run") ? words : [.. words, "--run", place]),
        "bench" => Bench(words),
        "dream" => [.. Without(words, "--length", "--episode", "--from"), "--length", "10"],
        "eval" => [.. Without(words, "--episodes"), "--episodes", "1"],
        "dashboard" => [.. words, "--port", "0"],
        "sweep" => Sweep(words),
        "env" => Environment(words),
        _ => words,
    };

    private static string[] Train(string[] words)
    {
        if (words.Contains("--offline"))
            return [.. Sized(Without(words, "--updates"), whole: true), "--updates", "2"];
        var sized = Sized(Without(words, "--env-steps"), whole: true);
        var toys = Has("world_models") ? ToysOfWorldModels : Has("dreamerv3") || Has("d4pg") || Has("curl") ? [.. Toys, .. ToysInSteps] : Toys;
        var kept = sized.Contains("loss.overshooting.distance=20") || sized.Contains("loss.overshooting.distance=10")
            ? toys.Where(toy => !toy.StartsWith("replay.chunk_length", StringComparison.Ordinal))
                .Append("replay.chunk_length=22").Append("environment.time_limit=30")
            : toys;
        return [.. sized, .. kept.SelectMany(toy => new[] { "--set", toy })];

        bool Has(string preset) => sized.Any(word => word.StartsWith(preset, StringComparison.Ordinal));
    }

    // Of all recordings, which have tests of their own, and of a sheet of all tasks, which has one, two are enough.
    private static string[] Environment(string[] words) => words[1] switch
    {
        "replay" => [.. words.Take(4)],
        "render" when words[2].StartsWith('-') => ["env", "render", "cartpole_swingup", "catch", .. words[2..]],
        _ => words,
    };

    // A file says sizes of its own: one of its runs is looked at and none begun.
    private static string[] Sweep(string[] words)
    {
        if (words[1].EndsWith(".yaml", StringComparison.Ordinal))
            return [.. words.Where(word => word != "--dry-run"), "--dry-run", "--only", "0"];
        if (!words[1].StartsWith('-'))
            return words;
        var presets = words.Select((word, i) => i == 0 ? word : words[i - 1] switch
        {
            "--preset" => Stack(word, whole: true),
            "--seeds" => "1",    // each run starts a process; several of one setting have tests of their own
            _ => word,
        });
        return [.. Without([.. presets], "--env-steps"), .. Toys.Append("training.test_episodes=1").SelectMany(toy => new[] { "--set", toy })];
    }

    // Another PyTorch than the machine's is made by a script (PeerTests), and compiling takes minutes.
    private static string[] Bench(string[] words) =>
    [
        .. Sized(Without(words, "--repeats", "--python", "--forms"), whole: false)
            .Select((word, i) => word == "all" && words[i - 1] == "--task" ? "cartpole_balance" : word),
        .. words.Contains("--against-pytorch") ? ["--forms", "eager"] : Array.Empty<string>(),
        "--repeats", "1",
    ];

    // The stack of presets with `tiny` in the place of its size, and `debug` on top for whole runs.
    private static string[] Sized(string[] words, bool whole)
    {
        var at = Array.IndexOf(words, "--preset");
        var stack = at < 0 ? PresetStack.Default : words[at + 1];
        var goesOn = at < 0 && (words.Contains("--run") && words.Contains("--env-steps") || words.Contains("--from"));
        return goesOn ? words : [.. Without(words, "--preset"), "--preset", Stack(stack, whole)];
    }

    private static string Stack(string stack, bool whole)
    {
        var parts = stack.Split(',').Select(part => part is "small" or "paper" ? "tiny" : part).ToList();
        if (whole && !parts.Contains("debug"))
            parts.Add("debug");
        return string.Join(',', parts);
    }

    private static string[] Without(string[] words, params string[] options)
    {
        var kept = new List<string>();
        for (var i = 0; i < words.Length; i++)
            if (options.Contains(words[i])) i++;
            else kept.Add(words[i]);
        return [.. kept];
    }
}
