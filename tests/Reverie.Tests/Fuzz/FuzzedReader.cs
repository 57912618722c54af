using System.Text;
using Reverie.Configuration;
using Reverie.Environments.CarRacing;
using Reverie.Environments.ControlSuite;
using Reverie.Logging;
using Reverie.Pictures;
using Reverie.Replay.Data;
using Reverie.Replay;
using Reverie.Tests.Configuration;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Fuzz;

/// <summary>A reader of what somebody else wrote, valid files for it, and what it may throw.</summary>
/// <param name="Name">Name of its tests.</param>
/// <param name="FileName">Name of the file that it reads, in a folder of its own.</param>
/// <param name="Seeds">Valid files.</param>
/// <param name="Words">Tokens that mean something in the format.</param>
/// <param name="Read">Reads the file at a path.</param>
internal sealed record FuzzedReader(
    string Name, string FileName, byte[][] Seeds, string[] Words, Action<string> Read)
{
    private static readonly string[] YamlWords =
    [
        "[", "{", "]", "}", "- ", "? ", ": ", "&a ", "*a", "!!binary ", "!<x> ", "|\n", ">\n", "%YAML 1.2\n---\n",
        "...\n", "\n---\n", "#", "seed: 1\n", "<<: *a\n", "\"\\U0011FFFF\"", "'", "  ", "model:\n", "@", "`",
    ];

    private static readonly string[] JsonWords =
    [
        "[", "{", "]", "}", ",", ":", "null", "\"a\":", "[[", "{\"a\":", "\"\\ud800\"", "\"\\u0000\"", "//", "[]", "{}",
        "1,",
    ];

    private static readonly string[] NpzWords =
    [
        "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "<f4", ">f8", "|O", "True", "(0,)", "(99999,)", "(2, 2)",
        "{'descr'",
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzedReader> All { get; } =
    [
        new("configuration", "mine.yaml",
            [.. Presets.Names.Where(name => PresetsTests.AlgorithmOf(name) == "planet")
                .Select(name => Utf8(Presets.Text(name))),
            Utf8(ConfigReader.Resolve(new() { Presets = ["planet", "small"] }).ToYaml()),
            Utf8(ConfigReader.Resolve(new() { Presets = ["dreamerv3", "tiny"] }).ToYaml())], YamlWords,
            path => ConfigReader.Resolve(new() { File = path })),
        new("stored_settings", "config.yaml",
            [Utf8(ConfigReader.Resolve(new() { Presets = ["dreamer", "tiny"] }).ToYaml())], YamlWords,
            path => StoredSettings.Read(Path.GetDirectoryName(path)!)),
        new("override", "set.txt", [Utf8("model.deter=100"), Utf8("*_units=64"), Utf8("loss.overshooting.betas=[1]")],
            ["=", "*", ".", "[", "]", ","],
            path => ConfigReader.Resolve(new() { Overrides = [ConfigOverride.Parse(File.ReadAllText(path))] })),
        new("recorded_episode", "x.json", [Golden("control-suite", "pendulum_swingup.json")], JsonWords,
            path => ReferenceFile.Read(path)),
        new("recorded_race", "x.json", [Golden("car-racing", "full_gas.json")], JsonWords, path => RaceFile.Read(path)),
        new("recorded_track", "x.json", [Golden("car-racing", "track.json")], JsonWords, path => TrackFile.Read(path)),
        new("recorded_seeds", "x.json", [Golden("car-racing", "seeds.json")], JsonWords, path => SeedFile.Read(path)),
        new("kind_of_recording", "x.json", [Golden("car-racing", "seeds.json")], JsonWords,
            path => RaceReplay.Reads(path)),
        new("arrays", "x.npz", [Golden("IO", "numpy.npz"), Golden("IO", "numpy-stored.npz")], NpzWords,
            path => Npz.Read(path)),
        new("episode", "x.npz", Npzs(), NpzWords, path => EpisodeArchive.Read(path)),
        new("array", "x.npy", [Sound.Entry(Packed(), "vector.npy"), Sound.Entry(Packed(), "is_first.npy")], NpzWords,
            path => Npy.Read(File.ReadAllBytes(path))),
        new("data", "x.npz", Npzs(), NpzWords, ReadData),
        // Damage that no checksum finds.
        new("data_of_others", "action.npy", [Sound.Entry(Packed(), "action.npy")], NpzWords, path =>
        {
            File.WriteAllBytes(path + ".npz", Sound.With(Packed(), "action.npy", File.ReadAllBytes(path)));
            ReadData(path + ".npz");
        }),
        new("safetensors", "x.safetensors", [Safetensors()], [.. JsonWords, "F32", "data_offsets"],
            path => SafetensorsFile.Read(path)),
        new("picture", "x.png", Pictures(), ["IHDR", "IDAT", "PLTE", "IEND"], path => PngImage.Read(path)),
        new("picture_of_others", "x.png", Pictures(), ["\0\0\0", "\u0003", "\u007f"], path =>
        {
            File.WriteAllBytes(path, Sound.Picture(File.ReadAllBytes(path)));
            PngImage.Read(path);
        }),
        new("metrics", "metrics.jsonl",
        [
            Utf8("{\"kind\":\"update\",\"env_steps\":10,\"decisions\":5,\"updates\":1,\"episodes\":2,\"seconds\":1.5,"
                + "\"loss\":0.25,\"kl\":\"NaN\"}\n{\"kind\":\"evaluation\",\"env_steps\":10,\"return\":3}\n"),
        ], [.. JsonWords, "\n"], path => MetricsReader.Read(path)),
    ];

    private static void ReadData(string path)
    {
        foreach (var finding in DataFile.Read(path).Findings)
            if (finding.IsError)
                throw new ReverieException($"{finding}");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Golden(params string[] names) =>
        File.ReadAllBytes(Path.Combine([AppContext.BaseDirectory, "Golden", .. names]));

    private static byte[] Written(Action<string> write)
    {
        using var folder = new TemporaryDirectory();
        write(folder["x"]);
        return File.ReadAllBytes(folder["x"]);
    }

    private static byte[] Packed()
    {
        var counting = Episodes.Counting(7, terminates: true);
        return Written(path => EpisodeArchive.Write(path, new Episode(counting.Layout, counting.Rows, counting.Image,
            counting.Vector, [.. counting.Action.Select(value => value / 100)], counting.Reward, counting.IsFirst,
            counting.IsLast, counting.IsTerminal)));
    }

    private static byte[][] Npzs() => [Packed(), Sound.Stored(Packed())];

    private static byte[] Safetensors() => Written(path => SafetensorsFile.Write(path,
        [
            new("a.weight", "F32", [2, 3], new byte[24]), new("b", "I64", [], new byte[8]),
            new("c", "BF16", [5], new byte[10]),
        ],
        new Dictionary<string, string> { ["updates"] = "5" }));

    private static byte[][] Pictures()
    {
        var rgb = Enumerable.Range(0, 16 * 9 * 3).Select(i => (byte)(i * 7)).ToArray();
        return
        [
            Written(path => PngImage.Write(path, rgb, 16, 9)), Written(path => PngImage.Write(path, rgb[..144], 16, 9)),
        ];
    }
}
