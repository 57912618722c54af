using Microsoft.AspNetCore.Http;

namespace Reverie.Cli.Dashboard;

/// <summary>Reads files for requests: as many at once as there are cores, the others wait without holding a thread, and
/// more than a page could want are turned away.</summary>
internal sealed class Readers
{
    private const int Fewest = 2, MostWaiting = 512;

    private readonly SemaphoreSlim free = new(Math.Max(Fewest, Environment.ProcessorCount));
    private readonly Rooms rooms = new(MostWaiting);

    /// <summary>Makes an answer; it is sent when the next one is being made already.</summary>
    /// <exception cref="BusyException">Too many wait already.</exception>
    public Task<IResult> Read(Func<IResult> read) => ReadAsync(() => Task.FromResult(read()));

    /// <inheritdoc cref="Read"/>
    public async Task<IResult> ReadAsync(Func<Task<IResult>> read)
    {
        using var room = rooms.TryEnter()
            ?? throw new BusyException($"{MostWaiting} requests wait already; try again in a moment");
        await free.WaitAsync();
        try
        {
            return await read();
        }
        finally
        {
            free.Release();
        }
    }
}
