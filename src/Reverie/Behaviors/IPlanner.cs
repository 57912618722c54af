using Reverie.Models;
using Reverie.Torch;

namespace Reverie.Behaviors;

/// <summary>Chooses actions by looking ahead in a model.</summary>
public interface IPlanner
{
    /// <summary>The action to take now, (N, A) in [−1, 1] or one-hot, for N states at once.</summary>
    /// <param name="model">Whose prior is rolled out and whose rewards are summed.</param>
    /// <param name="state">Filtered states, parts (N, ·).</param>
    /// <param name="noise">Source of all randomness.</param>
    Tensor Plan(WorldModel model, LatentState state, Generator noise);

    /// <summary>The same, and tells what was considered, where the planner has candidates.</summary>
    /// <param name="model">Whose prior is rolled out and whose rewards are summed.</param>
    /// <param name="state">Filtered states, parts (N, ·).</param>
    /// <param name="noise">Source of all randomness.</param>
    /// <param name="considered">Given the returns of candidates (N, J), once for each time that they are weighed.</param>
    Tensor Plan(WorldModel model, LatentState state, Generator noise, Action<Tensor>? considered) =>
        Plan(model, state, noise);

    /// <summary>The same, of what may be chosen now. A planner that does not know of masks is one that environments with
    /// masks refuse at the first choice that is not allowed.</summary>
    /// <param name="model">Whose prior is rolled out and whose rewards are summed.</param>
    /// <param name="state">Filtered states, parts (N, ·).</param>
    /// <param name="noise">Source of all randomness.</param>
    /// <param name="considered">Given the returns of candidates (N, J), once for each time that they are weighed.</param>
    /// <param name="allowed">(N, A), 1 for what may be chosen now, else 0; null where everything may.</param>
    Tensor Plan(WorldModel model, LatentState state, Generator noise, Action<Tensor>? considered, Tensor? allowed) =>
        Plan(model, state, noise, considered);
}
