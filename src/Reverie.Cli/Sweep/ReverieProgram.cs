using System.Diagnostics;

namespace Reverie.Cli.Sweep;

/// <summary>This program, as it can be started again.</summary>
internal static class ReverieProgram
{
    private const string Assembly = "reverie-cli", Launcher = "reverie";
    private const int FoldersAbove = 6;

    /// <summary>The words before those of a command.</summary>
    public static IReadOnlyList<string> Words
    {
        get
        {
            var process = Environment.ProcessPath ?? "dotnet";
            return Path.GetFileNameWithoutExtension(process) == Assembly ? [process]
                : [Path.GetFileName(process) == "dotnet" ? process : "dotnet",
                    Path.Combine(AppContext.BaseDirectory, $"{Assembly}.dll")];
        }
    }

    /// <summary>The script that people start it by, which also finds libtorch; the program itself where there is none.
    /// </summary>
    public static IReadOnlyList<string> Launch
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            for (var i = 0; i < FoldersAbove && folder is not null; i++, folder = folder.Parent)
                if (Path.Combine(folder.FullName, Launcher) is var path && File.Exists(path) && IsScript(path))
                    return [path];
            return Words;
        }
    }

    /// <summary>Starts it so that it ends where this process does, on some cores.</summary>
    /// <param name="words">of the command</param>
    /// <param name="cores">that it may use; null for all</param>
    /// <param name="gpu">the only GPU that it sees, as <c>CUDA_VISIBLE_DEVICES</c> calls it; null for all</param>
    /// <param name="variables">of its environment, beside those of this process; null for none</param>
    /// <remarks>The thread that starts it must live as long as it does: its end is what the system tells the other of.
    /// </remarks>
    public static Process Start(IReadOnlyList<string> words, IReadOnlyList<int>? cores, string? gpu,
        IReadOnlyDictionary<string, string>? variables = null)
    {
        List<string> all = [.. Words, .. words];
        if (cores is not null && Tool("taskset") is { } taskset)
            all.InsertRange(0, [taskset, "-c", string.Join(',', cores)]);
        if (Tool("setpriv") is { } setpriv)
            all.InsertRange(0, [setpriv, "--pdeathsig", "TERM"]);
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (gpu is not null)
            start.Environment["CUDA_VISIBLE_DEVICES"] = gpu;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new ReverieException($"{all[0]}: cannot be started");
    }

    /// <summary>Whether runs can be held to their cores here.</summary>
    public static bool CanPin => Tool("taskset") is not null;

    /// <summary>The path of a program, or null where there is none.</summary>
    public static string? Tool(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static bool IsScript(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == '#' && file.ReadByte() == '!';
    }
}
