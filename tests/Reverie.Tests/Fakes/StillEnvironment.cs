using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>One row for ever.</summary>
internal sealed class StillEnvironment(Space observation, Space action, TimeStep row) : IEnvironment
{
    public Space ObservationSpace => observation;

    public Space ActionSpace => action;

    public TimeStep Reset(int? seed = null) => row;

    public TimeStep Step(ReadOnlySpan<float> action) => row with { IsFirst = false };

    public void Dispose()
    {
    }
}
