using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// What two processes have in their memory: reward, flags, action, its mask, vector and picture of an environment, each at a
/// place of its own. It has no name in any folder, so nothing is left behind whatever ends, and no <c>/dev/shm</c> is
/// needed.
/// </summary>
internal sealed class SharedMemory : IDisposable
{
    /// <summary>Bytes that a picture may have.</summary>
    public const int LargestPicture = 3 << 26;

    /// <summary>Numbers that a vector or an action may have.</summary>
    public const int LargestVector = 1 << 20;

    private const int RewardAt = 0, FlagsAt = 8, LivesAt = 12, ActionAt = 64, Alignment = 64;

    private readonly SafeFileHandle handle;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly int maskAt, vectorAt, pictureAt;

    /// <summary>All of it zeros.</summary>
    /// <param name="actions">Numbers of an action.</param>
    /// <param name="vector">Numbers of the vector.</param>
    /// <param name="picture">Bytes of the picture.</param>
    /// <param name="masked">Whether rows tell what may be chosen.</param>
    /// <exception cref="ReverieException">That is too much, or the machine has no memory left.</exception>
    public SharedMemory(int actions, int vector, int picture, bool masked = false)
    {
        if (actions > LargestVector || vector > LargestVector || picture > LargestPicture)
            throw new EnvironmentException($"an action of {actions} numbers, a vector of {vector} and a picture of "
                + $"{picture} bytes; the largest are {LargestVector}, {LargestVector} and {LargestPicture}");
        maskAt = Aligned(ActionAt + sizeof(float) * Math.Max(1, actions));
        vectorAt = Aligned(maskAt + (masked ? actions : 0));
        pictureAt = Aligned(vectorAt + sizeof(float) * vector);
        Size = Aligned(pictureAt + picture);
        handle = NamelessFile.Create("reverie", Size);
        file = MemoryMappedFile.CreateFromFile(
            handle, null, Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        view = file.CreateViewAccessor(0, Size);
    }

    /// <summary>Where another process finds it, as long as this one has it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";

    /// <summary>Its bytes.</summary>
    public int Size { get; }

    /// <summary>Where everything lies, for the other process.</summary>
    public object Places => new Dictionary<string, object>
    {
        ["file"] = Path, ["size"] = Size, ["reward"] = RewardAt, ["flags"] = FlagsAt, ["lives"] = LivesAt, ["action"] = ActionAt,
        ["mask"] = maskAt, ["vector"] = vectorAt, ["picture"] = pictureAt,
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

    /// <summary>What the last row told of a player's lives; −1 where it told nothing.</summary>
    public int Lives => view.ReadInt32(LivesAt);

    public void WriteAction(ReadOnlySpan<float> action) =>
        view.SafeMemoryMappedViewHandle.WriteSpan(ActionAt, action);

    public void WriteChoice(int choice) => view.Write(ActionAt, choice);

    public int ReadChoice() => view.ReadInt32(ActionAt);

    public void ReadAction(Span<float> action) => view.SafeMemoryMappedViewHandle.ReadSpan(ActionAt, action);

    public void ReadMask(Span<bool> mask) => view.SafeMemoryMappedViewHandle.ReadSpan((ulong)maskAt, mask);

    public void WriteMask(ReadOnlySpan<bool> mask) => view.SafeMemoryMappedViewHandle.WriteSpan((ulong)maskAt, mask);

    public void ReadVector(Span<float> vector) => view.SafeMemoryMappedViewHandle.ReadSpan((ulong)vectorAt, vector);

    public void WriteVector(ReadOnlySpan<float> vector) =>
        view.SafeMemoryMappedViewHandle.WriteSpan((ulong)vectorAt, vector);

    public void ReadPicture(Span<byte> picture, int from = 0) =>
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(pictureAt + from), picture);

    public void WritePicture(ReadOnlySpan<byte> picture) =>
        view.SafeMemoryMappedViewHandle.WriteSpan((ulong)pictureAt, picture);

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
        handle.Dispose();
    }

    private static int Aligned(int place) => (place + Alignment - 1) / Alignment * Alignment;
}
