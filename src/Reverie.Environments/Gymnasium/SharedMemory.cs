using System.IO.MemoryMappedFiles;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// A file that two processes have in their memory: reward, flags, action, vector and picture of an environment, each
/// at a place of its own. It lies in <c>/dev/shm</c> where there is one, so that no disk is written.
/// </summary>
internal sealed class SharedMemory : IDisposable
{
    private const int RewardAt = 0, FlagsAt = 8, ActionAt = 64, Alignment = 64;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly int vectorAt, pictureAt;

    private SharedMemory(string path, int actions, int vector, int picture)
    {
        (Path, vectorAt) = (path, Aligned(ActionAt + sizeof(float) * Math.Max(1, actions)));
        pictureAt = Aligned(vectorAt + sizeof(float) * vector);
        Size = Aligned(pictureAt + picture);
        file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, Size);
        view = file.CreateViewAccessor(0, Size);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public int Size { get; }

    /// <summary>Where everything lies, for the other process.</summary>
    public object Places => new Dictionary<string, object>
    {
        ["file"] = Path, ["size"] = Size, ["reward"] = RewardAt, ["flags"] = FlagsAt, ["action"] = ActionAt,
        ["vector"] = vectorAt, ["picture"] = pictureAt,
    };

    /// <summary>Reward of the last step.</summary>
    public double Reward
    {
        get => view.ReadDouble(RewardAt);
        set => view.Write(RewardAt, value);
    }

    /// <summary>Whether the last step truly ended the episode.</summary>
    public bool Terminated
    {
        get => view.ReadByte(FlagsAt) != 0;
        set => view.Write(FlagsAt, value ? (byte)1 : (byte)0);
    }

    /// <summary>Whether the last step broke the episode off.</summary>
    public bool Truncated
    {
        get => view.ReadByte(FlagsAt + 1) != 0;
        set => view.Write(FlagsAt + 1, value ? (byte)1 : (byte)0);
    }

    /// <summary>A new file.</summary>
    /// <param name="actions">Numbers of an action.</param>
    /// <param name="vector">Numbers of the vector.</param>
    /// <param name="picture">Bytes of the picture.</param>
    public static SharedMemory Create(int actions, int vector, int picture)
    {
        var folder = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        var path = System.IO.Path.Combine(folder, $"reverie-{Environment.ProcessId}-{Guid.NewGuid():N}");
        return new(path, actions, vector, picture);
    }

    /// <summary>Takes the name away once both have the memory, so that nothing is left behind whatever ends.</summary>
    public void Unlink() => File.Delete(Path);

    public void WriteAction(ReadOnlySpan<float> action) =>
        view.SafeMemoryMappedViewHandle.WriteSpan(ActionAt, action);

    public void WriteChoice(int choice) => view.Write(ActionAt, choice);

    public int ReadChoice() => view.ReadInt32(ActionAt);

    public void ReadAction(Span<float> action) => view.SafeMemoryMappedViewHandle.ReadSpan(ActionAt, action);

    public void ReadVector(Span<float> vector) => view.SafeMemoryMappedViewHandle.ReadSpan((ulong)vectorAt, vector);

    public void WriteVector(ReadOnlySpan<float> vector) =>
        view.SafeMemoryMappedViewHandle.WriteSpan((ulong)vectorAt, vector);

    public void ReadPicture(Span<byte> picture) => view.SafeMemoryMappedViewHandle.ReadSpan((ulong)pictureAt, picture);

    public void WritePicture(ReadOnlySpan<byte> picture) =>
        view.SafeMemoryMappedViewHandle.WriteSpan((ulong)pictureAt, picture);

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    private static int Aligned(int place) => (place + Alignment - 1) / Alignment * Alignment;
}
