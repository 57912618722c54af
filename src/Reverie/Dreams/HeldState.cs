using Reverie.Models;

namespace Reverie.Dreams;

/// <summary>A latent state that outlives the scopes it was made in, until another takes its place.</summary>
internal sealed class HeldState : IDisposable
{
    /// <summary>The state; null before the first.</summary>
    public LatentState? Value { get; private set; }

    /// <summary>Takes a copy in place of what was held.</summary>
    public LatentState Hold(LatentState next)
    {
        var copy = next.Map(part => part.Clone().Keep());
        Dispose();
        return Value = copy;
    }

    /// <summary>Frees what is held.</summary>
    public void Dispose()
    {
        Value?.Map(part =>
        {
            part.Dispose();
            return part;
        });
        Value = null;
    }
}
