using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.IO;

public sealed class NpzTests
{
    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "IO", name);

    [Fact]
    public void ReadsWhatNumpyWrote()
    {
        var arrays = Npz.Read(Golden("numpy.npz"));
        Assert.Equal([true, false, true], arrays["flags"].As<bool>());
        Assert.Equal([2, 3, 4], arrays["bytes"].Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), arrays["bytes"].As<byte>());
        Assert.Equal([1, 3], arrays["floats"].Shape);
        Assert.Equal([1.5f, -2.25f, 0.1f], arrays["floats"].As<float>());
        Assert.Equal([Math.PI, -1e300], arrays["doubles"].As<double>());
        Assert.Equal([-7, int.MaxValue], arrays["ints"].As<int>());
        Assert.Empty(arrays["longs"].Shape);
        Assert.Equal([-(1L << 62)], arrays["longs"].As<long>());
        Assert.Equal([0, 5], arrays["empty"].Shape);
        Assert.Equal([0L, 1, 2, 3, 4], Npz.Read(Golden("numpy-stored.npz"))["x"].As<long>());
    }

    [Fact]
    public void WritesTheBytesThatNumpyWrites()
    {
        using var zip = ZipFile.OpenRead(Golden("numpy.npz"));
        foreach (var entry in zip.Entries)
        {
            using var theirs = new MemoryStream();
            using (var source = entry.Open())
                source.CopyTo(theirs);
            using var ours = new MemoryStream();
            Npy.Write(ours, Npy.Read(theirs.ToArray()));
            Assert.Equal(theirs.ToArray(), ours.ToArray());
        }
        Assert.Equal(7, zip.Entries.Count);
    }

    [Fact]
    public void RoundTripOfAnyFloats()
    {
        using var directory = new TemporaryDirectory();
        Check.QuickThrowOnFailure(Prop.ForAll<float[], int[]>((floats, ints) =>
        {
            Npz.Write(directory["x.npz"], [new("f", new NpyArray(floats, floats.Length)),
                new("i", new NpyArray(ints, 1, ints.Length))]);
            var back = Npz.Read(directory["x.npz"]);
            return back["f"].As<float>().Select(BitConverter.SingleToInt32Bits)
                .SequenceEqual(floats.Select(BitConverter.SingleToInt32Bits)) && back["i"].As<int>().SequenceEqual(ints)
                && back["i"].Shape.SequenceEqual([1, ints.Length]);
        }));
    }

    [Fact]
    public void SameArraysSameBytes()
    {
        using var directory = new TemporaryDirectory();
        foreach (var name in new[] { "a", "b" })
            Npz.Write(directory[name], [new("x", new NpyArray(new double[] { 1, 2 }, 2))]);
        Assert.Equal(File.ReadAllBytes(directory["a"]), File.ReadAllBytes(directory["b"]));
    }

    [Fact]
    public void EveryTruncationIsSaidWithTheFileName()
    {
        using var directory = new TemporaryDirectory();
        var whole = File.ReadAllBytes(Golden("numpy.npz"));
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(directory["cut.npz"], whole[..length]);
            var error = Assert.Throws<InvalidDataException>(() => Npz.Read(directory["cut.npz"]));
            Assert.StartsWith(directory["cut.npz"], error.Message);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void AFlippedBitOfDataIsFound()
    {
        using var directory = new TemporaryDirectory();
        var noise = new byte[4096];
        new Random(1).NextBytes(noise);
        Npz.Write(directory["x.npz"], [new("x", new NpyArray(noise, noise.Length))]);
        var bytes = File.ReadAllBytes(directory["x.npz"]);
        bytes[2000] ^= 16;
        File.WriteAllBytes(directory["x.npz"], bytes);
        Assert.Throws<InvalidDataException>(() => Npz.Read(directory["x.npz"]));
    }

    [Theory]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "complex numbers; save it as plain")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "Python objects")]
    [InlineData("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", "text")]
    [InlineData("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }", "times")]
    [InlineData("{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,), }", "structures")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "long doubles")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 0), }", "shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "8 are due")]
    [InlineData("__import__('os')", "header")]
    public void AHeaderThatIsNotSupportedIsSaid(string header, string word)
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0,
            .. System.Text.Encoding.ASCII.GetBytes(header), 0, 0, 0, 0];
        Assert.Contains(word, Assert.Throws<InvalidDataException>(() => Npy.Read(bytes)).Message);
    }

    [Theory]
    [InlineData("<f2", "003C 00C0", 1, -2)]
    [InlineData(">f2", "3C00 C000", 1, -2)]
    [InlineData(">f4", "3F800000 C0000000", 1, -2)]
    [InlineData(">f8", "3FF0000000000000 C000000000000000", 1, -2)]
    [InlineData("|i1", "01 FE", 1, -2)]
    [InlineData("<i2", "0100 FEFF", 1, -2)]
    [InlineData(">i2", "0001 FFFE", 1, -2)]
    [InlineData(">i4", "00000001 FFFFFFFE", 1, -2)]
    [InlineData(">i8", "0000000000000001 FFFFFFFFFFFFFFFE", 1, -2)]
    [InlineData("<u2", "0100 FEFF", 1, 65534)]
    [InlineData(">u4", "00000001 FFFFFFFE", 1, 4294967294)]
    [InlineData("<u8", "0100000000000000 FEFFFFFFFFFFFFFF", 1, 18446744073709551614d)]
    [InlineData("=f4", "0000803F 000000C0", 1, -2)]
    public void NumbersOfEveryWidthAndEitherEndiannessAreRead(
        string descr, string hex, double first, double second)
    {
        var array = Npy.Read(NpyBytes(descr, "False", "2,", Convert.FromHexString(hex.Replace(" ", ""))));
        Assert.Equal([first, second], array.Data.Cast<object>().Select(
            value => value is Half half ? (double)half : Convert.ToDouble(value)));
    }

    [Fact]
    public void FortranOrderBecomesCOrder()
    {
        // numpy.asfortranarray(numpy.arange(12, dtype="<i2").reshape(2, 3, 2)) as it lies in the file.
        byte[] data = [0, 0, 6, 0, 2, 0, 8, 0, 4, 0, 10, 0, 1, 0, 7, 0, 3, 0, 9, 0, 5, 0, 11, 0];
        var array = Npy.Read(NpyBytes("<i2", "True", "2, 3, 2", data));
        Assert.Equal([2, 3, 2], array.Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], array.As<short>());
        Assert.Equal([0, 0, 0, 1], Npy.Read(NpyBytes(">u2", "True", "2,", [0, 0, 0, 1])).As<ushort>()
            .SelectMany(value => new[] { 0, (int)value }));
        Assert.Empty(Npy.Read(NpyBytes("<f4", "True", "3, 0", [])).As<float>());
    }

    [Fact]
    public void NothingIsMadeRoomForBeforeHeaderAndLengthAgree()
    {
        using var directory = new TemporaryDirectory();
        // 128 MB of zeros take half a megabyte packed; its header speaks of three numbers.
        using (var zip = new ZipArchive(File.Create(directory["bomb.npz"]), ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("x.npy", CompressionLevel.Fastest).Open())
        {
            entry.Write(NpyBytes("<f4", "False", "3,", []));
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 128; i++)
                entry.Write(zeros);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("'x' has 134217728 bytes of data where 12 are due",
            Assert.Throws<InvalidDataException>(() => Npz.Read(directory["bomb.npz"])).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        Npz.Write(directory["large.npz"], [new("x", new NpyArray(new byte[1000], 1000))]);
        Assert.Contains("more than are read of such a file",
            Assert.Throws<InvalidDataException>(() => Npz.Read(directory["large.npz"], atMost: 1000)).Message);
    }

    [Fact]
    public void NamesOfOthersStayInOneLine()
    {
        using var directory = new TemporaryDirectory();
        using (var zip = new ZipArchive(File.Create(directory["x.npz"]), ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("\n\u001b[31m" + new string('x', 60_000)).Open())
            entry.Write([1, 2, 3]);
        var message = Assert.Throws<InvalidDataException>(() => Npz.Read(directory["x.npz"])).Message;
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 200, 1000);
    }

    private static byte[] NpyBytes(string descr, string fortran, string shape, byte[] data)
    {
        var header = $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({shape}), }}\n";
        return
        [
            0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. data,
        ];
    }

    [Fact]
    public void AShapeThatDoesNotFitIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new NpyArray(new float[3], 2, 2));
        Assert.Throws<ArgumentException>(() => new NpyArray(new decimal[3], 3));
        Assert.Throws<InvalidDataException>(() => new NpyArray(new float[3], 3).As<double>());
    }
}
