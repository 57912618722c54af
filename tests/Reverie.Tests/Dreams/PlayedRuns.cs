using Reverie.Dreams;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Tests.Training;
using Reverie.Torch;

namespace Reverie.Tests.Dreams;

/// <summary>Runs whose dreams are played, each trained once for all tests of them.</summary>
[CollectionDefinition(nameof(PlayedRuns))]
public sealed class PlayedRuns : IDisposable, ICollectionFixture<PlayedRuns>
{
    private static readonly string[] Memory =
    [
        "agent=world_models", "vae.latents=4", "memory.units=8", "memory.mixtures=2", "memory.reward=true",
        "memory.done=true", "vae.updates=2", "memory.updates=2", "controller.generations=1", "controller.population=4",
        "controller.episodes=1",
    ];

    private static readonly string[] Discrete =
        ["model.dynamics=discrete_rssm", "model.stoch=3", "model.classes=4", "environment.discretize=3"];

    private const double Louder = 4, Surer = 20;

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Directory of a run of that kind: planet, discrete, world_models, vector or random.</summary>
    internal string this[string kind]
    {
        get
        {
            BarEnvironment.Register();
            RailEnvironment.Register();
            if (!Directory.Exists(folder[kind])) Make(folder[kind], Set(kind));
            return folder[kind];
        }
    }

    /// <summary>Trains a run for a moment. What hardly learned draws every latent alike and leaves its classes to chance,
    /// so the decoder is made louder and the classes surer.</summary>
    internal static void Make(string path, params string[] set)
    {
        TinyRun.Complete(path, ["training.env_steps=90", .. set]);
        if (set.Any(one => one is "agent=random" or "model.encoder=vector")) return;
        using var model = DreamModel.Open(path);
        var checkpoints = Path.Combine(path, "checkpoints");
        var checkpoint = Checkpoint.LoadNewest(checkpoints, model.Agent, _ => { })!;
        using (var scope = new TensorScope())
        using (var noGrad = new NoGrad())
            foreach (var (name, value) in model.Agent.Modules.Values.SelectMany(module => module.NamedParameters()))
                if (name.EndsWith("logits.weight")) value.Mul_(Surer);
                else if (name.StartsWith("decoder.") && name.EndsWith("weight")) value.Mul_(Louder);
        checkpoint.Save(checkpoints, model.Agent, keep: 2);
    }

    /// <summary>Its dream.</summary>
    internal DreamPlay Play(string kind, DreamPlayOptions? options = null) => new(DreamModel.Open(this[kind]), options);

    private static string[] Set(string kind) => kind switch
    {
        "planet" => [],
        "discrete" => Discrete,
        "world_models" => Memory,
        "vector" => ["task=" + RailEnvironment.Task, "model.encoder=vector", "environment.action_repeat=1"],
        "random" => ["agent=random"],
        _ => throw new ArgumentException(kind),
    };
}
