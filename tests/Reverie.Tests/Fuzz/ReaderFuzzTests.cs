using System.Diagnostics;
using Reverie.Tests.Fakes;
using Xunit.Abstractions;

namespace Reverie.Tests.Fuzz;

/// <summary>Whatever a file holds, a reader says in one line what is wrong with it, at a bounded price.</summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output)
{
    private const int Quick = 1500, Campaign = 100_000;
    // Of the largest seed, some tens of kB: read, decoded, and told of.
    private const long MostBytes = 64L << 20;
    private const int LongestLine = 10_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Names => [.. FuzzedReader.All.Select(reader => reader.Name)];

    [Theory, MemberData(nameof(Names))]
    public void ADamagedFileIsReadOrToldInOneLine(string name) => Run(name, 0, Quick);

    [LongFact]
    public void CampaignOfManyDamagedFiles()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("REVERIE_FUZZ"), out var asked) ? asked : Campaign;
        var some = Environment.GetEnvironmentVariable("REVERIE_FUZZ_READERS")?.Split(' ');
        foreach (var reader in FuzzedReader.All.Where(reader => some?.Contains(reader.Name) ?? true))
            Run(reader.Name, Quick, count);
    }

    private void Run(string name, int first, int count)
    {
        var reader = FuzzedReader.All.Single(one => one.Name == name);
        var mutator = new Mutator(reader.Seeds, reader.Words);
        using var folder = new TemporaryDirectory();
        var (path, read, refused, most, slowest) = (folder[reader.FileName], 0, 0, 0L, TimeSpan.Zero);
        foreach (var seed in reader.Seeds)
        {
            File.WriteAllBytes(path, seed);
            reader.Read(path);    // or nothing that is said of damage means anything
        }
        for (var number = first; number < first + count; number++)
        {
            File.WriteAllBytes(path, mutator.Damaged(number));
            var (before, begun) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            var fault = Record.Exception(() => reader.Read(path));
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            slowest = Max(slowest, Stopwatch.GetElapsedTime(begun));
            _ = fault is null ? read++ : refused++;
            Assert.True(fault is null or ReverieException or InvalidDataException or IOException,
                $"{name} {number}: {fault}");
            Assert.True(fault is null || fault.Message.Length < LongestLine && !fault.Message.Any(char.IsControl),
                $"{name} {number}: {fault?.Message}");
            Assert.True(most < MostBytes && slowest < MostTime, $"{name} {number}: {most} bytes, {slowest}");
        }
        output.WriteLine($"{name}: {count} cases, {read} read, {refused} refused; at most {most / 1e6:F1} MB, "
            + $"{slowest.TotalMilliseconds:F0} ms");
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
