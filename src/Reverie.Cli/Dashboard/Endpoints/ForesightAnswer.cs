using Microsoft.AspNetCore.Http;
using Reverie.Cli.Dashboard.Runs;
using Reverie.Environments;
using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Endpoints;

/// <summary>What an agent looked ahead at, as the page draws it.</summary>
internal static class ForesightAnswer
{
    private static readonly double[] Shares = [0, 0.1, 0.5, 0.9, 1];

    /// <summary>The spread of a planner's candidates, or the rewards and values that an actor imagined.</summary>
    public static IResult Numbers(SeenForesight seen, string at) => Answer.Json(new
    {
        At = at,
        seen.Rows,
        Shares,
        Candidates = seen.Candidates is { } candidates ? Spread(candidates) : null,
        Count = seen.Candidates?.Shape[2],
        Rewards = seen.Rewards is { } rewards ? ByState(rewards) : null,
        Values = seen.Values is { } values ? ByState(values) : null,
        Horizon = seen.Rewards?.Shape[1],
        Height = seen.Pictures?.Shape[2],
        Width = seen.Pictures?.Shape[3],
    });

    /// <summary>Imagined pictures, those of one state after those of the other.</summary>
    public static IResult Sheet(SeenForesight seen) => seen.Pictures is { } pictures
        ? Pictures.Sheet(pictures.Shape[2], pictures.Shape[3],
            new ImageSpace(1, 1, pictures.Shape[4]).ToRgb(pictures.As<byte>()))
        : throw new ReverieException("nothing was drawn: the agent plans, or sees vectors");

    // (K, I, J) → by state and iteration: the returns below which these shares of the candidates lie.
    private static double[][][] Spread(NpyArray candidates)
    {
        var (iterations, count) = (candidates.Shape[1], candidates.Shape[2]);
        return [.. Enumerable.Range(0, candidates.Shape[0]).Select(k => Enumerable.Range(0, iterations).Select(i =>
        {
            var returns = candidates.As<float>().AsSpan((k * iterations + i) * count, count).ToArray();
            Array.Sort(returns);
            return Array.ConvertAll(Shares, share => (double)returns[(int)Math.Round(share * (count - 1))]);
        }).ToArray())];
    }

    private static float[][] ByState(NpyArray numbers) =>
        [.. numbers.As<float>().Chunk(numbers.Shape[1])];
}
