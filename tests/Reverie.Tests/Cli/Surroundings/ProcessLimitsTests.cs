using Reverie.Cli.Surroundings;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Cli.Surroundings;

public sealed class ProcessLimitsTests
{
    private const string Unlimited = "unlimited            unlimited            bytes";

    [Theory]
    [InlineData("Max open files            32                   32                   files",
        "reverie: open files: the limit is 32, 256 are needed; raise it with `ulimit -n 256`, or ask who set it")]
    [InlineData("Max processes             10                   10                   processes",
        "reverie: processes: the limit is 10, 64 are needed; raise it with `ulimit -u 64`, or ask who set it")]
    [InlineData("Max stack size            65536                unlimited            bytes",
        "reverie: stack size: the limit is 64, 1024 are needed; raise it with `ulimit -s 1024`, or ask who set it")]
    [InlineData("Max open files            256                  256                  files", null)]
    [InlineData("Max data size             " + Unlimited, null)]
    [InlineData("Max address space         " + Unlimited, null)]
    public void ALimitBelowWhatIsNeededIsNamed(string line, string? complaint)
        => Assert.Equal(complaint, ProcessLimits.Complaint(["Limit  Soft Limit", line], privileged: false));

    [Fact]
    public void WhoMayStartAnyNumberOfProcessesIsNotAskedForTheirs()
        => Assert.Null(ProcessLimits.Complaint(["Max processes             10      10      processes"], privileged: true));

    [Fact]
    public void TheScriptThatStartsTheProgramDemandsTheSame()
    {
        var script = File.ReadAllText(Path.Combine(SetupSandbox.Checkout, "scripts", "setup.sh"));
        foreach (var (name, option, needed, unit) in ProcessLimits.Demands)
            Assert.Contains($"'{name}|{option}|{needed}|{unit}'", script);
    }

    [Fact]
    public void AProcessOfFewFilesEndsWithOneLine()
    {
        using var process = CliProcess.StartAfter("ulimit -n 200", "tasks");
        var (code, output, error) = process.Wait();
        Assert.Equal((1, ""), (code, output));
        Assert.Equal("reverie: open files: the limit is 200, 256 are needed; raise it with `ulimit -n 256`, or ask who set it",
            error);
    }
}
