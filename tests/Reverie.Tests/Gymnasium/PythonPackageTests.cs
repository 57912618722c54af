using System.Diagnostics;
using System.Text.Json;
using Reverie.Tests.Cli;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Gymnasium;

/// <summary>The Python package: a script plays our tasks through it and says what it saw.</summary>
public sealed class PythonPackageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-package").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void TasksAreEnvironmentsOfGymnasiumAndMistakesAreTold()
    {
        var seen = Run();
        Assert.Equal("[true,[64,64,3],\"uint8\",3]", Text(seen, "catch"));
        foreach (var what in (string[])["same", "inside", "picture", "differs", "goes on", "late"])
            Assert.True(seen.GetProperty(what).GetBoolean(), what);
        var rewards = seen.GetProperty("rewards").EnumerateArray().Select(one => one.GetDouble()).ToArray();
        Assert.Equal(7, rewards.Length);
        Assert.Equal(1, Math.Abs(rewards[^1]));
        Assert.Equal("[[false,false],[true,false]]", Text(seen, "last"));
        Assert.Equal("[[\"image\",\"vector\"],[5],[1],[[false,false],[false,false],[false,false],[false,true]]]",
            Text(seen, "both"));
        Assert.Equal(4, seen.GetProperty("vector")[0][0].GetInt32());
        Assert.InRange(seen.GetProperty("vector")[1].GetInt32(), 100, 255);

        Assert.Equal(["ValueError: Reverie's tasks have no reset options: {'wind': 1}",
            "ValueError: Reverie's tasks have no reset options: 1"], Texts(seen, "options"));
        Assert.Equal(Enumerable.Repeat("RuntimeError: this environment was closed; make another one", 3), Texts(seen, "closed"));
        Assert.StartsWith("ValueError: 9 is not one of 3 choices", seen.GetProperty("wrong").GetString());
        Assert.StartsWith("RuntimeError: there is no command dance", seen.GetProperty("dance").GetString());
        Assert.StartsWith("RuntimeError: 9 is not one of 3 choices", seen.GetProperty("nine").GetString());
        Assert.Contains("is not finite", seen.GetProperty("nan").GetString());
        Assert.True(seen.GetProperty("ended").GetInt32() >= 0, "it was killed instead of told");
        Assert.StartsWith("RuntimeError: ", seen.GetProperty("dead").GetString());
        Assert.Contains("did you mean catch?", seen.GetProperty("unknown").GetString());
        Assert.Equal("[[5,\"int8\"],[3,\"int8\"]]", Text(seen, "mask"));
        Assert.Equal(50, seen.GetProperty("obeys").GetInt32());
        Assert.Contains("is not allowed by the mask of the row before", seen.GetProperty("not allowed").GetString());
        Assert.Equal("[{\"front\":[[64,64,6],\"uint8\"],\"goal\":[[2],\"float32\"],\"hand.0\":[[64,64,6],\"uint8\"],"
            + "\"hand.1\":[[3],\"float32\"]},[10,20,1,10,20,0],[0.0,1.0,0.0],[64,128,3],true]", Text(seen, "cameras"));
        using var cli = CliProcess.Start("tasks", "--json");
        var ours = cli.Wait().Output.Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("task").GetString());
        Assert.Equal(ours, seen.GetProperty("tasks").EnumerateArray().Select(name => name.GetString()));
    }

    private static string Harbour => Path.Combine(SetupSandbox.Checkout, "samples/Harbour/bin/Release/net10.0/Harbour.dll") + ":Harbour.Tugboat";

    private static string Text(JsonElement seen, string name) =>
        JsonSerializer.Serialize(seen.GetProperty(name));

    private static string[] Texts(JsonElement seen, string name) =>
        [.. seen.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];

    private JsonElement Run()
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(PythonPath.Folder, "trial_package.py"), Harbour])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["REVERIE_COMMAND"] = PythonPath.Command(folder);
        start.Environment["PYTHONPATH"] =
            $"{PythonPath.Folder}:{Path.Combine(SetupSandbox.Checkout, "python/reverie_gymnasium")}";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["REVERIE_PYTHON"] = "/usr/bin/python3";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return JsonDocument.Parse(output).RootElement;
    }
}
