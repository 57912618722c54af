using Reverie.Models;
using Reverie.Models.Dynamics;
using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Fakes;

/// <summary>Dynamics that know <see cref="CountingEnvironment"/>: a state is its vector, the time and the action that
/// led there. The prior counts on by one and takes the action it is given; the posterior believes what it
/// sees.</summary>
internal sealed class CountingDynamics(int actionSize, Initializer init) : LatentDynamics(1 + actionSize, 0, init)
{
    public override LatentState PriorStep(LatentState previous, Tensor action, Tensor? noise) =>
        State(previous, Tensor.Cat([previous.Stoch.Narrow(-1, 0, 1) + 1, action], -1));

    public override LatentState PosteriorStep(
        LatentState previous, Tensor action, LatentState prior, Tensor embed, Tensor? noise) =>
        State(previous, embed);

    private static LatentState State(LatentState previous, Tensor vector) =>
        new(previous.Deter, vector, vector, Tensor.Zeros(vector.Shape));
}
