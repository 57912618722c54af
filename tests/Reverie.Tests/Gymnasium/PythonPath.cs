using Reverie.Tests.Setup;

namespace Reverie.Tests.Gymnasium;

/// <summary>The Python of Debian with the stand-in for Gymnasium, for as long as it is not disposed.</summary>
internal sealed class PythonPath : IDisposable
{
    private const string Path = "PYTHONPATH", Program = "REVERIE_PYTHON", NoCache = "PYTHONDONTWRITEBYTECODE";

    private readonly (string, string?)[] before =
        [.. new[] { Path, Program, NoCache }.Select(name => (name, Environment.GetEnvironmentVariable(name)))];

    public PythonPath(string? path = null, string? program = "/usr/bin/python3")
    {
        Environment.SetEnvironmentVariable(Path, path ?? Folder);
        Environment.SetEnvironmentVariable(Program, program);
        Environment.SetEnvironmentVariable(NoCache, "1");       // the checkout is to stay as it is
    }

    public static string Folder => System.IO.Path.Combine(SetupSandbox.Checkout, "tests/Reverie.Tests/Python");

    /// <summary>A command that starts the program as it was built, made in a folder; the package in Python looks for
    /// one.</summary>
    public static string Command(string folder)
    {
        var command = System.IO.Path.Combine(folder, "reverie");
        File.WriteAllText(command, $"#!/bin/sh\nexec dotnet '{Cli.CliProcess.Assembly}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(command, (UnixFileMode)0b111_101_101);
        return command;
    }

    public void Dispose()
    {
        foreach (var (name, value) in before)
            Environment.SetEnvironmentVariable(name, value);
    }
}
