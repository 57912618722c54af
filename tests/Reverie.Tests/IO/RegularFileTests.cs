using System.Diagnostics;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.IO;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_read_whole_and_through_a_link()
    {
        File.WriteAllText(folder["a"], "kept: é");
        File.CreateSymbolicLink(folder["b"], "a");
        Assert.Equal("kept: é", RegularFile.ReadAllText(folder["a"]));
        Assert.Equal("kept: é", RegularFile.ReadAllText(folder["b"]));
    }

    [Fact]
    public void A_pipe_that_nobody_writes_to_is_refused_at_once()
    {
        using (var made = Process.Start("mkfifo", folder["pipe"])) made.WaitForExit();
        Assert.Contains("is a pipe, not a file", Refused(folder["pipe"]));
    }

    [Theory, InlineData("/dev/zero", "a device"), InlineData("/proc", "a folder")]
    public void What_is_no_file_is_refused(string path, string kind) =>
        Assert.Contains($"{path}: is {kind}, not a file", Refused(path));

    [Fact]
    public void A_file_grown_by_a_hole_is_refused_before_it_is_read()
    {
        using (var stream = File.Create(folder["hole"])) stream.SetLength(10L << 30);
        Assert.Contains("has 10737418240 bytes", Refused(folder["hole"]));
    }

    [Fact]
    public void A_file_of_endless_length_that_says_zero_is_bounded()
    {
        // Files of /proc have no length and bytes all the same.
        Assert.Contains("more than the 10", Assert.Throws<IOException>(
            () => RegularFile.ReadAllBytes("/proc/self/maps", 10)).Message);
    }

    [Fact]
    public void What_is_not_there_is_said() =>
        Assert.Contains("there is no such file", Assert.Throws<FileNotFoundException>(
            () => RegularFile.ReadAllBytes(folder["nothing"])).Message);

    private static string Refused(string path) =>
        Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(path)).Message;
}
