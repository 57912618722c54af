using Reverie.Environments.Gymnasium;

namespace Reverie.Tests.Gymnasium;

public sealed class SharedMemoryTests
{
    [Fact]
    public void ItStandsInNoFolderAndAnotherHasItByItsPathAsLongAsItLives()
    {
        string path;
        using (var memory = new SharedMemory(2, 3, 12))
        {
            memory.WriteVector([1, 2, 3]);
            memory.Reward = 0.5;
            path = memory.Path;
            Assert.StartsWith("/proc/", path);
            var seen = new byte[memory.Size];
            using var other = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            other.ReadExactly(seen);
            Assert.Equal(0.5, BitConverter.ToDouble(seen, 0));
            Assert.EndsWith("(deleted)", File.ResolveLinkTarget(path, returnFinalTarget: false)!.FullName);
        }
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData(1, 1, int.MaxValue)]
    [InlineData(1, int.MaxValue, 0)]
    [InlineData(1 << 30, 1, 0)]
    public void WhatIsTooLargeIsRefusedBeforeItsSizeOverflows(int actions, int vector, int picture) =>
        Assert.Contains("the largest are",
            Assert.ThrowsAny<ReverieException>(() => new SharedMemory(actions, vector, picture)).Message);
}
