using System.Diagnostics;

namespace Reverie.Tests.Setup;

/// <summary>
/// A copy of the two scripts in a folder of its own, on a machine that is made up: a <c>PATH</c> that holds the plain
/// Unix tools and whatever stands-in a test writes for apt, dpkg, sudo, CMake and .NET. The scripts are the real ones.
/// </summary>
internal sealed class SetupSandbox : IDisposable
{
    private const string PlainTools = "bash env true cat sed grep awk sort find xargs sha256sum cut tr tail mkdir rm "
        + "dirname basename readlink flock nproc sleep touch mktemp mv";

    private readonly Dictionary<string, string> variables = [];

    public SetupSandbox()
    {
        Root = Directory.CreateTempSubdirectory("reverie-setup-").FullName;
        foreach (var folder in (string[])["tools", "home", "scripts", "native", "src", "tests"])
            Directory.CreateDirectory(Path.Combine(Root, folder));
        foreach (var file in (string[])["reverie", "test", "scripts/setup.sh"])
            File.Copy(Path.Combine(Checkout, file), Path.Combine(Root, file));
        Write("native/torch_binding.cpp", "first");
        Write("src/Program.cs", "first");
        foreach (var tool in PlainTools.Split(' '))
            File.CreateSymbolicLink(Path.Combine(Root, "tools", tool), WhereIs(tool));
        Write("installed", "");
        Tool("id", "echo 0");
        Tool("dpkg-query", "sed 's/$/ installed/' \"$SANDBOX/installed\"; exit 1");
        Tool("apt-get", """
            echo "$*" >>"$SANDBOX/apt.log"
            [[ $* == *' install '* ]] || exit 0
            while [[ $1 != --no-install-recommends ]]; do shift; done
            printf '%s\n' "${@:2}" >>"$SANDBOX/installed"
            """);
        Tool("cmake", """
            echo "$*" >>"$SANDBOX/cmake.log"
            mkdir -p "$SANDBOX/build/native"
            [[ $1 != --build ]] || touch "$SANDBOX"/build/native/libreverie_{torch,mujoco,box2d}.so
            """);
        Tool("dotnet", """
            program="$SANDBOX/src/Reverie.Cli/bin/Release/net10.0"
            case "$1" in
                --list-sdks) echo '10.0.100 [/nowhere]' ;;
                build) echo "$*" >>"$SANDBOX/build.log"; mkdir -p "$program"; touch "$program/reverie-cli.dll" ;;
                *) echo "ran ${*:2} in $PWD with ${ATEN_CPU_CAPABILITY:-nothing} on ${OMP_NUM_THREADS:-no} threads" ;;
            esac
            """);
    }

    /// <summary>Folder of the copy.</summary>
    public string Root { get; }

    /// <summary>Folder of the checkout that the tests were built from.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>Writes an executable stand-in, or replaces one.</summary>
    public void Tool(string name, string body)
    {
        Remove(name);    // a plain tool is a link to this machine's
        Write($"tools/{name}", "#!/usr/bin/env bash\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(Root, "tools", name), (UnixFileMode)0b111_101_101);
    }

    public void Remove(string tool) => File.Delete(Path.Combine(Root, "tools", tool));

    public void Set(string variable, string value) => variables[variable] = value;

    public string Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>Lines of a file, none where it is absent.</summary>
    public string[] Lines(string path) =>
        File.Exists(Path.Combine(Root, path)) ? File.ReadAllLines(Path.Combine(Root, path)) : [];

    /// <summary>A folder that looks like a libtorch of that version.</summary>
    public string Libtorch(string folder, int major, int minor)
    {
        Write($"{folder}/include/ATen/ATen.h", "");
        Write($"{folder}/lib/libtorch_cpu.so", "");
        Write($"{folder}/include/torch/csrc/api/include/torch/version.h",
            $"#define TORCH_VERSION_MAJOR {major}\n#define TORCH_VERSION_MINOR {minor}\n");
        return Path.Combine(Root, folder);
    }

    /// <summary>Runs a script of the copy without a terminal, in the given folder or in /.</summary>
    public SetupResult Run(string script, params string[] arguments) => Start(script, arguments).Result;

    /// <summary>The same, not waiting for its end.</summary>
    public Task<SetupResult> Start(string script, params string[] arguments) => Start(script, arguments, out _);

    /// <summary>The same, telling the process.</summary>
    public Task<SetupResult> Start(string script, string[] arguments, out int id)
    {
        var start = new ProcessStartInfo(Path.Combine(Root, script), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Path.Combine(Root, "tools");
        start.Environment["HOME"] = Path.Combine(Root, "home");
        start.Environment["SANDBOX"] = Root;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        id = process.Id;
        process.StandardInput.Close();
        return Finish(process, clock);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static async Task<SetupResult> Finish(Process process, Stopwatch clock)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().ConfigureAwait(false);
            return new(process.ExitCode, Split(await output), Split(await errors), clock.Elapsed);
        }

        static string[] Split(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string WhereIs(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Concat(["/usr/bin", "/bin"])
            .Select(folder => Path.Combine(folder, tool)).First(File.Exists);

    private static string FindCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Reverie.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
