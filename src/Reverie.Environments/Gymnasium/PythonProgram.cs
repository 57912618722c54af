using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Reverie.Environments.Gymnasium;

/// <summary>Starts Pythons with the script that plays environments. The script is part of this assembly, and goes ahead
/// through standard input, so that the working folder stays the first place where modules are looked for.</summary>
internal static class PythonProgram
{
    /// <summary>Variable that names a Python; where it is unset, the usual ones are tried.</summary>
    public const string Variable = "REVERIE_PYTHON";

    private const string Script = "gymnasium_child.py", Loader =
        "import sys; exec(compile(sys.stdin.buffer.read(int(sys.argv[1])), '" + Script + "', 'exec'))";

    private static readonly string[] Usual = ["python3", "/usr/bin/python3"];

    /// <summary>The Pythons to try, in order.</summary>
    public static string[] Candidates =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? [named] : Usual;

    /// <summary>Starts one.</summary>
    /// <returns>Null where there is no such program.</returns>
    public static Process? Start(string program, string id)
    {
        var script = Text();
        try
        {
            var process = Process.Start(new ProcessStartInfo(program, ["-c", Loader, $"{script.Length}", id])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            process.StandardInput.BaseStream.Write(script);
            process.StandardInput.BaseStream.Flush();
            return process;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (IOException)
        {
            return null;    // it ended before it had read: no Python
        }
    }

    /// <summary>What to do where none serves.</summary>
    public static string Remedy(string? missing) => missing is null
        ? $"no Python here (tried {string.Join(", ", Candidates)}); install python3, or set {Variable} to one"
        : $"{missing} (tried {string.Join(", ", Candidates)}); pip install gymnasium, or set {Variable} to a Python "
            + "that has it";

    private static byte[] Text()
    {
        var assembly = typeof(PythonProgram).Assembly;
        var name = assembly.GetManifestResourceNames().Single(one => one.EndsWith(Script, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }
}
