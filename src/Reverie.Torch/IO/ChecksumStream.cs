using System.IO.Hashing;

namespace Reverie.Torch.IO;

/// <summary>Reads on what is unpacked and sums up what came, so that nothing has to be held for its checksum.</summary>
internal sealed class ChecksumStream(Stream inner) : Stream
{
    private readonly Crc32 sum = new();

    /// <summary>Of all that was read so far.</summary>
    public uint Checksum => sum.GetCurrentHashAsUInt32();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
        sum.Append(buffer[..read]);
        return read;
    }

    /// <summary>The fault of what cannot be unpacked.</summary>
    public static InvalidDataException Damaged(Exception error) => new($"cannot be unpacked ({error.Message})", error);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
