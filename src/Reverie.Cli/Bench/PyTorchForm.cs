using Reverie.Configuration;

namespace Reverie.Cli.Bench;

/// <summary>A way in which PyTorch does the same update: each is tried, and the fastest is the peer.</summary>
/// <param name="Name">by which it is asked for and told</param>
/// <param name="Flags">of the script</param>
internal sealed record PyTorchForm(string Name, params string[] Flags)
{
    private const string Autocast = "--bf16", ChannelsLast = "--channels-last", Compile = "--compile";

    /// <summary>As one writes it first, in float32; what there is at least.</summary>
    public static PyTorchForm Eager { get; } = new("eager");

    /// <summary>All there are. The script's flags say what each is.</summary>
    public static IReadOnlyList<PyTorchForm> All { get; } =
    [
        Eager, new("channels-last", ChannelsLast), new("compile", Compile), new("autocast", Autocast),
        new("autocast+channels-last", Autocast, ChannelsLast), new("autocast+compile", Autocast, Compile),
    ];

    /// <summary>Those that are worth a try.</summary>
    /// <param name="asked">their names, with commas between them; null for those that can be of use</param>
    /// <param name="bf16">whether the configuration computes in bfloat16, so that PyTorch may, too</param>
    /// <param name="pictures">whether there are any that could lie otherwise in memory</param>
    /// <exception cref="ReverieException">there is none of such a name</exception>
    public static PyTorchForm[] Of(string? asked, bool bf16, bool pictures) => asked is null
        ? [.. All.Where(one => (bf16 || !one.Flags.Contains(Autocast)) && (pictures || !one.Flags.Contains(ChannelsLast)))]
        : [.. asked.Split(',').Select(Find)];

    private static PyTorchForm Find(string name) => All.FirstOrDefault(one => one.Name == name)
        ?? throw new ReverieException($"--forms: there is no form {name}{NearestName.Hint(name, [.. All.Select(one => one.Name)])}");
}
