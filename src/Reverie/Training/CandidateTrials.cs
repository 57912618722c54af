using Reverie.Agents;
using Reverie.Behaviors;
using Reverie.Configuration;
using Reverie.Runs;
using Reverie.Torch;

namespace Reverie.Training;

/// <summary>What the candidates of a generation are worth: the mean return of each one's episodes. Of several ranks each plays a
/// part of them, and all know what came of it, to the same bits as one alone would.</summary>
/// <param name="config">How many episodes, and where.</param>
/// <param name="agent">Whose V and M they share.</param>
/// <param name="ranks">Who works on the run.</param>
internal sealed class CandidateTrials(ControllerConfig config, WorldModels agent, RunRanks ranks)
{
    /// <summary>Returns in the environment. Episodes that one collector plays at a time are the same however many ranks there are,
    /// and ranks take them in turns.</summary>
    /// <param name="candidates">Vectors of parameters.</param>
    /// <param name="seed">Decides the episodes and what is drawn in them.</param>
    /// <param name="collector">Plays.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    /// <param name="count">Takes environment steps, decisions and crashes of this rank.</param>
    public double[] Played(
        double[][] candidates, ulong seed, Collector collector, CancellationToken cancel, Action<long, long, long> count)
    {
        var different = config.DifferentEpisodes(candidates.Length);
        var jobs = (from episode in Enumerable.Range(0, config.Episodes)
                    from candidate in Enumerable.Range(0, candidates.Length)
                    select (Candidate: candidate, Seed: RandomSource.Derive(seed, RandomStream.Episode,
                        (ulong)(candidate % different), (ulong)episode).NextInt(int.MaxValue))).ToArray();
        var returns = new double[jobs.Length];
        for (var from = 0; from < jobs.Length; from += collector.Count)
        {
            if (!ranks.IsMine(from / collector.Count)) continue;
            var some = jobs[from..Math.Min(jobs.Length, from + collector.Count)];
            using var players = new Candidates(agent, Array.ConvertAll(some, job => candidates[job.Candidate]));
            var noise = RandomSource.Derive(seed, RandomStream.Acting, (ulong)from).NextUInt64();
            var played = collector.Collect(
                players, ActMode.Evaluate, noise, cancel, some.Length, Array.ConvertAll(some, job => job.Seed));
            for (var i = 0; i < some.Length; i++) returns[from + i] = played[i].Episode.Return;
            count(played.Sum(one => one.EnvSteps), played.Sum(one => (long)one.Episode.Decisions), played.Sum(one => one.Restarts));
        }
        var (sums, all) = (new double[candidates.Length], ranks.Merge(returns));
        for (var i = 0; i < jobs.Length; i++) sums[jobs[i].Candidate] += all[i];
        return Array.ConvertAll(sums, sum => sum / config.Episodes);
    }

    /// <summary>Returns in the dream of M. All dreams are one batch, in which what a row comes to may depend on how many there are:
    /// the rank that leads dreams them all.</summary>
    /// <param name="candidates">Vectors of parameters.</param>
    /// <param name="seed">Decides the dreams.</param>
    /// <param name="begins">Encodings of rows that they may begin from.</param>
    /// <param name="cancel">Leaves between two decisions.</param>
    public double[] Dreamt(double[][] candidates, ulong seed, float[][] begins, CancellationToken cancel)
    {
        if (!ranks.Leads) return ranks.Merge(new double[candidates.Length]);
        var groups = candidates.Length / config.DifferentEpisodes(candidates.Length);   // each dreams the same dreams
        var random = RandomSource.Derive(seed, RandomStream.Dream);
        var starts = Enumerable.Range(0, candidates.Length / groups * config.Episodes)
            .SelectMany(_ => begins[random.NextInt(begins.Length)]).ToArray();
        using var scope = new TensorScope();
        var rows = (long)candidates.Length / groups * config.Episodes;
        var returns = new MemoryDream(agent.Memory, agent.Controller, config).Returns(
            Tensor.FromArray(starts, [rows, 2 * agent.Vae.Latents], agent.Device).Repeat(groups, 1),
            agent.Parameters([.. candidates.SelectMany(one => Enumerable.Repeat(one, config.Episodes))]),
            random.NextUInt64(), groups, cancel);
        return ranks.Merge([.. returns.Chunk(config.Episodes).Select(some => (double)some.Average())]);
    }
}
