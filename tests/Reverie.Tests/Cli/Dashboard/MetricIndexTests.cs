using System.Text;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Torch.IO;

namespace Reverie.Tests.Cli.Dashboard;

public sealed class MetricIndexTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void AMillionLinesAreIndexedAndABoundedNumberOfThemRead()
    {
        const int Lines = 1_000_000, Most = 800;
        using (var file = new StreamWriter(path))
            for (var i = 1; i <= Lines; i++)
                file.Write(i % 1000 == 0
                    ? $"{{\"kind\":\"evaluation\",\"env_steps\":{i},\"updates\":{i},\"return\":{i / 1000}}}\n"
                    : $"{{\"kind\":\"update\",\"env_steps\":{i},\"updates\":{i},\"loss\":{i % 10}}}\n");
        var index = new MetricIndex(() => RegularFile.OpenRead(path));
        index.Advance();
        Assert.Equal([("update", 999_000), ("evaluation", 1000)], index.Kinds);

        var (updates, stride) = index.Sample("update", Most);
        Assert.InRange(updates.Count, Most / 2, Most);
        Assert.Equal(2048, stride);
        Assert.Equal((1, Lines - 1), (updates[0].Updates, updates[^1].Updates));
        // What is rare is not lost among what is frequent.
        Assert.InRange(index.Sample("evaluation", Most).Lines.Count, Most / 2, Most);

        // A part of the axis has all its lines, and one more at each end.
        var (part, one) = index.Sample("update", Most, new AxisRange(0, 600_001, 600_500));
        Assert.Equal(1, one);
        Assert.Equal(Enumerable.Range(599_999, 503).Where(i => i % 1000 != 0), part.Select(line => (int)line.Updates));
    }

    [Fact]
    public void OnlyWhatWasWrittenSinceIsTold()
    {
        File.WriteAllText(path, Line(1) + Line(2));
        var index = new MetricIndex(() => RegularFile.OpenRead(path));
        index.Advance();
        var position = index.Position;
        Assert.Empty(index.Since(position));

        File.AppendAllText(path, Line(3) + Line(4)[..20]);      // the fourth is still being written
        index.Advance();
        Assert.Equal([3], index.Since(position).Select(one => one.Line.Updates));
        File.AppendAllText(path, Line(4)[20..]);
        index.Advance();
        Assert.Equal([3, 4], index.Since(position).Select(one => one.Line.Updates));
        Assert.Equal(0, index.Generation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one line, shorter")]
    [InlineData("as long as it was")]
    public void ALogThatWasCutBackIsReadAnew(string then)
    {
        File.WriteAllText(path, Line(1) + Line(2) + Line(3));
        var index = new MetricIndex(() => RegularFile.OpenRead(path));
        index.Advance();
        File.WriteAllText(path, then switch
        {
            "" => "",
            "as long as it was" => Line(1) + Line(2) + Line(9),
            _ => Line(7),
        });
        index.Advance();
        Assert.Equal(1, index.Generation);
        Assert.Equal(then switch { "" => [], "as long as it was" => [1, 2, 9], _ => (long[])[7] },
            index.Sample("update", 10).Lines.Select(line => line.Updates));
    }

    [Fact]
    public void DamagedLinesArePassedOver()
    {
        var text = Line(1) + "\n{\"kind\":\"update\",\"env_steps\":2,\n" + "\0\0\0\n[1]\n\"kind\"\n"
            + Line(3).TrimEnd() + Line(4)
            + "{\"updates\":5,\"kind\":\"update\",\"loss\":\"NaN\"}\n"
            + "{\"kind\":\"update\",\"loss\":{}}\n" + Line(6);
        File.WriteAllText(path, text);
        var index = new MetricIndex(() => RegularFile.OpenRead(path));
        index.Advance();
        Assert.Equal(Encoding.UTF8.GetByteCount(text), index.Position);
        Assert.Equal([1, 5, 6], index.Sample("update", 100).Lines.Select(line => line.Updates));
        Assert.Equal([5, 6], index.Sample("update", 100, new AxisRange(1, 6, 9)).Lines.Select(line => line.Updates));
    }

    private static string Line(int i) => $"{{\"kind\":\"update\",\"env_steps\":{i},\"updates\":{i},\"loss\":1.5}}\n";
}
