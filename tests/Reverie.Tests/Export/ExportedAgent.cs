using Reverie.Agents;
using Reverie.Configuration;
using Reverie.Export;
using Reverie.Replay;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Export;

/// <summary>A small agent of the library whose parameters are all random, and its exported files.</summary>
internal sealed class ExportedAgent : IDisposable
{
    private const long Bins = 255;

    private readonly TemporaryDirectory folder = new();

    public ExportedAgent(string algorithm, string sees, bool? choices, ExportOptions? options = null, params string[] set)
        : this(algorithm, sees, DriftEnvironment.LayoutOf(sees, choices), options, set)
    {
    }

    public ExportedAgent(string algorithm, string sees, EpisodeLayout layout, ExportOptions? options = null, params string[] set)
    {
        Layout = layout;
        Config = ConfigReader.Resolve(new ConfigSources
        {
            Presets = Presets.Stack($"{algorithm},tiny"),
            Overrides = [.. set.Append($"model.encoder={sees}").Append("task=drift").Select(ConfigOverride.Parse)],
        }).Config;
        Agent = AgentRegistry.Create(Config, Layout, Device.Cpu, DType.Float32);
        Scatter(Agent);
        Path = System.IO.Path.Combine(folder.Path, "agent.onnx");
        Files = AgentExport.Write(Agent, new AgentFacts(Config, Layout, 1000, [], [], []), Path, options ?? new());
    }

    public Config Config { get; }

    public EpisodeLayout Layout { get; }

    public IAgent Agent { get; }

    public string Path { get; }

    public IReadOnlyList<string> Files { get; }

    public void Dispose()
    {
        Agent.Dispose();
        folder.Dispose();
    }

    // Heads that begin at 0 would agree whatever becomes of them. Numbers as choices among bins get one likely place, as
    // learned ones have: where bins of half a billion are as likely as others, float32 has no digits left for their mean.
    private static void Scatter(IAgent agent)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        using var noise = new Generator(Device.Cpu, 7);
        foreach (var module in agent.Modules.Where(module => module.Key is not ("controller" or "return_scale")))
            foreach (var (_, value) in module.Value.NamedParameters())
                value.Add_(value.Shape is [Bins] ? (Tensor.Arange(0, Bins) - (Bins / 2)).Square() * -0.02
                    : Tensor.Randn(value.Shape, noise) * 0.1);
        if (agent is WorldModels parts)
            parts.Search.NamedParameters().Single(one => one.Name == "mean").Value
                .Copy_(Tensor.Randn([parts.Search.Size], noise, DType.Float64) * 0.3);
    }
}
