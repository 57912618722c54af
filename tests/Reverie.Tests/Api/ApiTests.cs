using System.Reflection;
using Reverie.Configuration;
using Reverie.Environments.ControlSuite;
using Reverie.Runtime;
using Reverie.Tests.Setup;
using Reverie.Torch;

namespace Reverie.Tests.Api;

/// <summary>The reference says what the code says. What is public, and that it is documented, the build itself demands.
/// </summary>
public sealed class ApiTests
{
    private const string Accept = "REVERIE_ACCEPT";
    private const int Most = 60;

    private static readonly Assembly[] Packages =
    [
        typeof(Tensor).Assembly, typeof(RandomSource).Assembly, typeof(ControlSuiteTasks).Assembly, typeof(DreamAgent).Assembly,
    ];

    [Fact]
    public void TheReferenceIsUpToDate()
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

    // An editor shows the one, the program the other.
    [Fact]
    public void TheDocumentationOfASettingIsItsText()
    {
        foreach (var assembly in Packages)
        {
            var told = new Documentation(assembly);
            foreach (var property in assembly.GetTypes().SelectMany(type => type.GetProperties()))
                if (property.GetCustomAttribute<SettingAttribute>() is { Text: var text })
                    Assert.Equal($"{char.ToUpperInvariant(text[0])}{text[1..]}.", told.PlainSummaryOf(property));
        }
    }

    private static bool IsAccepted => Environment.GetEnvironmentVariable(Accept) is "1";

    private static string HowTo => "run scripts/surface, and commit what it writes";

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
