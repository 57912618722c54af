using Microsoft.Extensions.Logging;
using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>
/// Somebody's environment on an <see cref="EnvironmentThread"/> of its own. One that does not return within
/// <c>environment.timeout</c> is left where it hangs, and every call from then on says where that is.
/// </summary>
internal class TimedEnvironment : IEnvironment
{
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromMinutes(1);     // libraries from a slow disk

    private readonly EnvironmentThread thread;
    private readonly IEnvironment inner;
    private readonly TimeSpan patience;
    private int steps;
    private bool disposed;

    private TimedEnvironment(EnvironmentThread thread, TimeSpan patience, Made made)
    {
        (this.thread, this.patience, inner) = (thread, patience, made.Environment);
        (ObservationSpace, ActionSpace) = (made.Observation, made.Action);
    }

    /// <summary>Told, in a line, of environments that hang as they are disposed of.</summary>
    public static ILogger Logger { get; set; } = new LineLogger(line => Console.Error.WriteLine(line));

    /// <inheritdoc/>
    public Space ObservationSpace { get; }

    /// <inheritdoc/>
    public Space ActionSpace { get; }

    /// <summary>Makes one.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="config">How long to wait; a minute at least for it to be made.</param>
    /// <param name="make">Makes the environment, on the thread that then plays it.</param>
    /// <exception cref="Exception">What making it threw.</exception>
    public static IEnvironment Make(string name, EnvironmentConfig config, Func<IEnvironment> make)
    {
        var (thread, patience) = (new EnvironmentThread(name), TimeSpan.FromSeconds(config.Timeout));
        try
        {
            var made = thread.Do("making it", patience > PatienceAtStart ? patience : PatienceAtStart, () =>
            {
                var environment = make();
                return new Made(environment, environment.ObservationSpace, environment.ActionSpace,
                    (environment as IPictureSource)?.Picture);
            });
            return made.Environment is IPictureSource ? new Drawn(thread, patience, made)
                : new TimedEnvironment(thread, patience, made);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Asks somebody's code something, on a thread that ends with the answer.</summary>
    public static T Ask<T>(string name, string moment, Func<T> code)
    {
        using var thread = new EnvironmentThread(name);
        return thread.Do(moment, PatienceAtStart, code);
    }

    /// <inheritdoc/>
    public TimeStep Reset(int? seed = null)
    {
        steps = 0;
        return Do("the reset", () => inner.Reset(seed));
    }

    /// <inheritdoc/>
    public TimeStep Step(ReadOnlySpan<float> action)
    {
        var given = action.ToArray();
        return Do($"step {++steps}", () => inner.Step(given));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed || thread.Hangs) return;
        disposed = true;
        try
        {
            Do("Dispose", () =>
            {
                inner.Dispose();
                return true;
            });
        }
        catch (ReverieException hang) when (EnvironmentThread.IsHang(hang))
        {
            Logger.Warn(hang.Message);     // nothing is lost by it
        }
        finally
        {
            thread.Dispose();
        }
    }

    private T Do<T>(string moment, Func<T> code) => thread.Do(moment, patience, code);

    private sealed record Made(IEnvironment Environment, Space Observation, Space Action, ImageSpace? Picture);

    private sealed class Drawn(EnvironmentThread thread, TimeSpan patience, Made made)
        : TimedEnvironment(thread, patience, made), IPictureSource
    {
        public ImageSpace Picture { get; } = made.Picture!;

        public byte[] Draw() => Do("drawing", ((IPictureSource)inner).Draw);
    }
}
