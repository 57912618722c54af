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
    public void Reads_what_numpy_wrote()
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
    public void Writes_the_bytes_that_numpy_writes()
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
    public void Round_trip_of_any_floats()
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
    public void Same_arrays_same_bytes()
    {
        using var directory = new TemporaryDirectory();
        foreach (var name in new[] { "a", "b" })
            Npz.Write(directory[name], [new("x", new NpyArray(new double[] { 1, 2 }, 2))]);
        Assert.Equal(File.ReadAllBytes(directory["a"]), File.ReadAllBytes(directory["b"]));
    }

    [Fact]
    public void Every_truncation_is_said_with_the_file_name()
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
    public void A_flipped_bit_of_data_is_found()
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
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "'<c8'")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "'>f4'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "Fortran")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "8 are due")]
    [InlineData("__import__('os')", "header")]
    public void A_header_that_is_not_supported_is_said(string header, string word)
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0,
            .. System.Text.Encoding.ASCII.GetBytes(header), 0, 0, 0, 0];
        Assert.Contains(word, Assert.Throws<InvalidDataException>(() => Npy.Read(bytes)).Message);
    }

    [Fact]
    public void A_shape_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new NpyArray(new float[3], 2, 2));
        Assert.Throws<ArgumentException>(() => new NpyArray(new sbyte[3], 3));
        Assert.Throws<InvalidDataException>(() => new NpyArray(new float[3], 3).As<double>());
    }

    [Fact]
    public void Checksum_is_the_published_one()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        var register = Crc32.Append(~0u, "12345"u8);
        Assert.Equal(0xCBF43926u, ~Crc32.Append(register, "6789"u8));
        Assert.Equal(0x414FA339u, Crc32.Of("The quick brown fox jumps over the lazy dog"u8));
    }
}
