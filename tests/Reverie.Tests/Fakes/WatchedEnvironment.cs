using Reverie.Environments;

namespace Reverie.Tests.Fakes;

/// <summary>A bar of ten decisions that says what is about to happen to it, on the thread that does it; whoever listens
/// may throw.</summary>
internal sealed class WatchedEnvironment : EnvironmentWrapper
{
    private readonly Action<string> about;

    private WatchedEnvironment(Action<string> about) : base(new TimeLimit(new BarEnvironment(), 10)) =>
        this.about = about;

    /// <summary>A pool of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">As <c>environment.threads</c>.</param>
    /// <param name="about">Told of the number of an environment and <c>make</c>, <c>reset</c>, <c>step</c> or
    /// <c>dispose</c>.</param>
    public static ParallelEnvironments Pool(int count, int threads, Action<int, string>? about = null)
    {
        BarEnvironment.Register();
        about ??= (_, _) => { };
        return new ParallelEnvironments(count, threads, n =>
        {
            about(n, "make");
            return new WatchedEnvironment(call => about(n, call));
        });
    }

    public override TimeStep Reset(int? seed = null)
    {
        about("reset");
        return base.Reset(seed);
    }

    public override TimeStep Step(ReadOnlySpan<float> action)
    {
        about("step");
        return base.Step(action);
    }

    protected override void Dispose(bool disposing)
    {
        about("dispose");
        base.Dispose(disposing);
    }
}
