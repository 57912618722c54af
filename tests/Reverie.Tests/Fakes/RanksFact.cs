using Reverie.Torch.Ranks;

namespace Reverie.Tests.Fakes;

/// <summary>A fact about several ranks, which needs a libtorch with what they meet by.</summary>
public sealed class RanksFactAttribute : FactAttribute
{
    internal const string Without = "the libtorch at hand was found without c10d and Gloo, by which ranks learn together";

    public RanksFactAttribute()
    {
        if (!RankGroup.IsAvailable) Skip = Without;
    }
}

/// <summary>The same with several cases.</summary>
public sealed class RanksTheoryAttribute : TheoryAttribute
{
    public RanksTheoryAttribute()
    {
        if (!RankGroup.IsAvailable) Skip = RanksFactAttribute.Without;
    }
}
