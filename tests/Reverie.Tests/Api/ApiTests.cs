using System.Reflection;
using Reverie.Environments.ControlSuite;
using Reverie.Tests.Setup;
using Reverie.Torch;

namespace Reverie.Tests.Api;

/// <summary>What the packages show to others changes by intention only, and is written down.</summary>
public sealed class ApiTests
{
    private const string Accept = "REVERIE_ACCEPT";
    private const int Most = 60;

    private static readonly Assembly[] Packages =
        [typeof(Tensor).Assembly, typeof(ReverieException).Assembly, typeof(ControlSuiteTasks).Assembly];

    public static TheoryData<string> Names => [.. Packages.Select(package => package.GetName().Name!)];

    [Theory, MemberData(nameof(Names))]
    public void The_public_surface_is_the_one_that_is_written_down(string name)
    {
        var assembly = Packages.Single(package => package.GetName().Name == name);
        var surface = Signatures.Types(assembly).SelectMany(type =>
            Signatures.Members(type).Select(member => $"  {Signatures.Of(member)}")
                .Prepend($"{type.Namespace}: {Signatures.Of(type)}"));
        Compare(Path.Combine("tests", "Reverie.Tests", "Api", "Surface", $"{name}.txt"),
            string.Concat(surface.Select(line => $"{line}\n")));
    }

    [Fact]
    public void The_reference_is_up_to_date()
    {
        var pages = ApiPages.Of(Packages);
        var folder = Path.Combine(SetupSandbox.Checkout, "docs", "api");
        var stray = Directory.Exists(folder)
            ? Directory.GetFiles(folder).Where(path => !pages.ContainsKey(Path.GetFileName(path))).ToArray()
            : [];
        if (IsAccepted)
            foreach (var path in stray)
                File.Delete(path);
        else
            Assert.True(stray.Length == 0, $"no namespace has the page {string.Join(", ", stray)}; {HowTo}");
        foreach (var (name, text) in pages)
            Compare(Path.Combine("docs", "api", name), text);
    }

    [Fact]
    public void Public_types_are_documented()
    {
        var silent = Packages.SelectMany(assembly =>
        {
            var told = new Documentation(assembly);
            return Signatures.Types(assembly).Where(type => told.SummaryOf(type).Length == 0)
                .Select(type => type.FullName);
        });
        Assert.Empty(silent);
    }

    private static bool IsAccepted => Environment.GetEnvironmentVariable(Accept) is "1";

    private static string HowTo =>
        $"if that is meant: {Accept}=1 ./test --filter \"FullyQualifiedName~Reverie.Tests.Api\", and commit what it "
        + "writes";

    private static void Compare(string file, string now)
    {
        var path = Path.Combine(SetupSandbox.Checkout, file);
        if (IsAccepted)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, now);
            return;
        }
        var before = File.Exists(path) ? File.ReadAllLines(path) : [];
        var after = now.TrimEnd('\n').Split('\n');
        string[] changes =
        [
            .. before.Except(after).Select(line => $"- {line}"), .. after.Except(before).Select(line => $"+ {line}"),
        ];
        Assert.True(File.Exists(path) && File.ReadAllText(path) == now,
            $"{file} is not what the code says; {HowTo}\n{string.Join('\n', changes.Take(Most))}"
            + (changes.Length > Most ? $"\nand {changes.Length - Most} more" : ""));
    }
}
