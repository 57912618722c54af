using Reverie.Runtime;
using static Reverie.Tests.Cli.Typed;

namespace Reverie.Tests.Cli;

/// <summary>A run of an agent without a model: it is trained, gone on with, evaluated and exported as all others, and what looks
/// into models refuses it in a line.</summary>
public sealed class ModelFreeVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-free").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task EverythingButItsDreamsCanBeHad()
    {
        var (run, file) = (Path.Combine(folder, "run"), Path.Combine(folder, "agent.onnx"));
        string[] train = ["train", "--task", "catch_one", "--preset", "a3c,tiny,vector,debug", "--run", run, "--set", "model.lstm=8"];
        Assert.Contains("done", await Done([.. train, "--env-steps", "200"]));
        var told = await Done([.. train, "--env-steps", "400"]);
        Assert.Contains("going on from 2", told);
        Assert.DoesNotContain("dream", told);
        Assert.False(Directory.Exists(Path.Combine(run, "episodes")));
        Assert.Contains("return", await Done("eval", run, "--episodes", "2"));
        await Done("plot", run, "--out", Path.Combine(folder, "curve.png"));

        await Done("export", run, "--out", file);
        using (var agent = DreamAgent.Load(file))
        using (var memory = agent.Begin())
            Assert.Equal(1, agent.Act(memory, new float[4]).Sum());

        await Refused("has no model that `dream` can show", "dream", run);
        await Refused("has no model to dream in", "export", run, "--out", Path.Combine(folder, "two.onnx"), "--with-dream");
        await Refused("has no model to dream in", "train", "--task", $"dream:{run}", "--preset", "a3c,tiny,debug", "--run", run + "2");
        await Refused("behavior: agent a3c has none; it has update, act", "bench", "behavior", "--preset", "a3c,tiny");
    }

    private static async Task<string> Done(params string[] words)
    {
        var (code, output, error) = await Run(words);
        Assert.True(code == 0, error);
        return output + error;
    }

    private static async Task Refused(string line, params string[] words)
    {
        var (code, _, error) = await Run(words);
        Assert.NotEqual(0, code);
        Assert.Contains(line, Assert.Single(error.TrimEnd().Split('\n')));
    }
}
