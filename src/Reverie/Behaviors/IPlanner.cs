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
}
