using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Reverie.Environments.Gymnasium;

/// <summary>Starts Pythons with the scripts that play environments. They are part of this assembly, and go ahead
/// through standard input, so that the working folder stays the first place where modules are looked for.</summary>
internal static class PythonProgram
{
    /// <summary>Variable that names a Python; where it is unset, the usual ones are tried.</summary>
    public const string Variable = "REVERIE_PYTHON";

    private const int NoSuchFile = 2, NoProgram = 8, NoAccess = 13, NoFolder = 20;

    // Nothing of what follows the scripts may be read here: it is for them.
    private const string Loader = """
        import os, sys
        for name, size in zip(sys.argv[1:-2:2], map(int, sys.argv[2:-2:2])):
            text = b""
            while len(text) < size:
                text += os.read(0, size - len(text)) or sys.exit("nobody told what to play")
            exec(compile(text, name, "exec"))
        """;

    private static readonly string[] Names =
        ["gymnasium_process.py", "gymnasium_values.py", "gymnasium_masks.py", "gymnasium_child.py"];

    private static readonly string[] Usual = ["python3", "/usr/bin/python3"];

    private static readonly byte[][] Texts = Array.ConvertAll(Names, Text);

    /// <summary>The Pythons to try, in order.</summary>
    public static string[] Candidates =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? [named] : Usual;

    /// <summary>What a Python that was started reads first.</summary>
    public static byte[] Script { get; } = [.. Texts.SelectMany(text => text)];

    /// <summary>Starts one, which then waits for the <see cref="Script"/>.</summary>
    /// <param name="program">A Python.</param>
    /// <param name="id">As <c>gymnasium.make</c> takes it.</param>
    /// <param name="options">What else it is to be told, as an object in JSON.</param>
    /// <returns>Null where there is no such program.</returns>
    /// <exception cref="ReverieException">The machine does not let it start.</exception>
    public static Process? Start(string program, string id, string options)
    {
        var parts = Names.Zip(Texts, (name, text) => new[] { name, $"{text.Length}" }).SelectMany(part => part);
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["-c", Loader, .. parts, options, id])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception refused) when (refused.NativeErrorCode is NoSuchFile or NoProgram or NoAccess or NoFolder)
        {
            return null;
        }
        catch (Win32Exception refused)
        {
            throw new EnvironmentException(
                $"gym:{id}: {program} cannot be started: {PlainText.Of(refused.Message)}", refused);
        }
    }

    /// <summary>What to do where none serves.</summary>
    public static string Remedy(string? missing) => missing is null
        ? $"no Python here (tried {string.Join(", ", Candidates)}); install python3, or set {Variable} to one"
        : $"{missing} (tried {string.Join(", ", Candidates)}); pip install gymnasium, or set {Variable} to a Python "
            + "that has it";

    private static byte[] Text(string script)
    {
        var assembly = typeof(PythonProgram).Assembly;
        var name = assembly.GetManifestResourceNames().Single(one => one.EndsWith(script, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }
}
