using Reverie.Torch;

namespace Reverie.Tests.Torch;

using Torch = Reverie.Torch.Torch;

public sealed class ThreadLimitTests : IDisposable
{
    private readonly int before = Torch.Threads;

    public void Dispose() => Torch.Threads = before;

    [Fact]
    public void ItIsOfTheThreadThatAsksForItAlone()
    {
        Torch.Threads = 3;
        using (new ThreadLimit(2))
        {
            Assert.Equal(2, Torch.Threads);
            using (new ThreadLimit(5))
                Assert.Equal(2, Torch.Threads);
            Assert.Equal(3, OfANewThread());
        }
        Assert.Equal(3, Torch.Threads);
    }

    private static int OfANewThread()
    {
        var threads = 0;
        var asking = new Thread(() => threads = Torch.Threads);
        asking.Start();
        asking.Join();
        return threads;
    }
}
