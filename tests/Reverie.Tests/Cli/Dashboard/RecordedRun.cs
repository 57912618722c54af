using Reverie.Dreams;
using Reverie.Pictures;
using Reverie.Replay;
using Reverie.Runs;
using Reverie.Torch.IO;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>What evaluations leave in a run, small, without a model.</summary>
internal static class RecordedRun
{
    private const int Rows = 4, Side = 3;

    /// <summary>Adds a dream, an episode and a foresight after six updates, and a film and a picture.</summary>
    /// <param name="run">Whose directory.</param>
    /// <param name="task">What stands in the names for the second of several tasks.</param>
    public static void AddEvaluations(string run, string task = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(run, RunDirectory.EvaluationFolder)).FullName;
        var name = Path.Combine(folder, "000000006" + task);
        EpisodeArchive.Write(name + EvaluationRecord.EpisodeEnd, Fakes.Episodes.Counting(Rows - 1));
        Npz.Write(name + EvaluationRecord.DreamEnd, Dream());
        Npz.Write(name + EvaluationRecord.ForesightEnd, Foresight());
        var videos = Directory.CreateDirectory(Path.Combine(run, "videos")).FullName;
        using (var png = File.Create(Path.Combine(videos, "film.png")))
            PngImage.Write(png, new byte[Side * Side * 3], Side, Side);
        File.WriteAllBytes(Path.Combine(videos, "film.gif"), [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, (byte)';']);
    }

    /// <summary>Arrays of a dream.</summary>
    public static Dictionary<string, NpyArray> Dream() => new()
    {
        ["context"] = new(new[] { 2 }, 1),
        ["truth"] = new(new byte[Rows * Side * Side * 3], Rows, Side, Side, 3),
        ["model"] = new(new byte[Rows * Side * Side * 3], Rows, Side, Side, 3),
        ["vector_truth"] = new(new float[Rows * 2], Rows, 2),
        ["vector_model"] = new(new float[Rows * 2], Rows, 2),
    };

    /// <summary>Arrays of what an agent looked ahead at.</summary>
    public static Dictionary<string, NpyArray> Foresight() => new()
    {
        ["rows"] = new(new[] { 0, 2 }, 2),
        ["candidates"] = new(new float[2 * 3 * 5], 2, 3, 5),
        ["rewards"] = new(new float[2 * 4], 2, 4),
        ["values"] = new(new float[2 * 4], 2, 4),
        ["pictures"] = new(new byte[2 * 4 * Side * Side], 2, 4, Side, Side, 1),
    };
}
