using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What an agent looked ahead at in an evaluation; see <see cref="Dreams.Foresight"/>.</summary>
/// <param name="Rows">Rows of the episode, K.</param>
/// <param name="Candidates">Returns of candidates, (K, I, J); null where there are none.</param>
/// <param name="Rewards">Rewards expected, (K, H); null where there are none.</param>
/// <param name="Values">Values, (K, H); null where there are none.</param>
/// <param name="Pictures">uint8 (K, H, height, width, C); null where there are none.</param>
internal sealed record SeenForesight(
    int[] Rows, NpyArray? Candidates, NpyArray? Rewards, NpyArray? Values, NpyArray? Pictures)
{
    /// <summary>Reads a <c>-foresight.npz</c>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or none; one line that names it.</exception>
    public static SeenForesight Read(string path)
    {
        var arrays = new SeenArrays(path);
        var rows = arrays.Get<int>("rows", [null]).As<int>();
        var rewards = arrays.Find<float>("rewards", rows.Length, null);
        var horizon = rewards?.Shape[1];
        return new(rows, arrays.Find<float>("candidates", rows.Length, null, null), rewards,
            arrays.Find<float>("values", rows.Length, horizon),
            arrays.Pictures("pictures", rows.Length, horizon, null, null, null));
    }
}
