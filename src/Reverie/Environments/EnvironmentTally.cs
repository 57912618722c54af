using System.Diagnostics;

namespace Reverie.Environments;

/// <summary>Keeps count while <see cref="EnvironmentChecker"/> walks, and says what of it will make learning
/// hard. What it keeps does not grow with the steps.</summary>
internal sealed class EnvironmentTally
{
    private const int BlindSteps = 50, LeastContrast = 16, MostTimed = 100_000;
    private const double LargeReward = 100, SmallReward = 1e-3, SlowSeconds = 0.1;

    private readonly List<double> seconds = [];
    private readonly HashSet<int> pictures = [], vectors = [];
    private readonly Range rewards = new(), lengths = new(), returns = new(), terminals = new();
    private double total, pictureSum;
    private long pictureBytes;
    private int length, envSteps;
    private byte darkest = byte.MaxValue, brightest;

    /// <summary>Decisions so far.</summary>
    public int Decisions => rewards.Count;

    /// <summary>Begins an episode.</summary>
    public void Begin(in TimeStep row)
    {
        (total, length) = (0, 0);
        Look(row);
    }

    /// <summary>Takes a decision, timed.</summary>
    public TimeStep Step(IEnvironment environment, float[] action)
    {
        var begun = Stopwatch.GetTimestamp();
        var row = environment.Step(action);
        if (seconds.Count < MostTimed) seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        rewards.Add(row.Reward);
        (total, length, envSteps) = (total + row.Reward, length + 1, envSteps + row.EnvSteps);
        Look(row);
        if (rewards.Count <= BlindSteps) Remember(row);
        if (!row.IsLast) return row;
        lengths.Add(length);
        returns.Add(total);
        if (row.IsTerminal) terminals.Add(length);
        return row;
    }

    /// <summary>The figures.</summary>
    public EnvironmentMeasures Measures() => new(Decisions, envSteps, lengths.Count, terminals.Count,
        lengths.Spread, returns.Spread, rewards.Spread ?? new(0, 0, 0),
        pictureBytes > 0 ? new(darkest, pictureSum / pictureBytes, brightest) : null, 1 / Median());

    /// <summary>What may be meant so, but makes learning hard.</summary>
    public IEnumerable<string> Warnings() => [.. Ends(), .. Sights(), .. Rewards(), .. Speed()];

    private IEnumerable<string> Ends()
    {
        if (lengths.Count == 0)
            yield return $"no episode ended within {Decisions} steps; a time limit is missing, unless that is meant: "
                + "set TaskInfo.EpisodeSteps or environment.time_limit";
        if (terminals.Count >= 2 && terminals.Count == lengths.Count && terminals.IsOne)
            yield return $"every episode terminated after {terminals.Most} decisions; if that is a time limit, set "
                + "IsLast alone and not IsTerminal, since a terminal row says that no reward could follow";
        if (lengths.Count > 0 && lengths.Most < 2)
            yield return "every episode ended with its first decision, so there is nothing to imagine";
    }

    private IEnumerable<string> Sights()
    {
        var blind = Math.Min(Decisions, BlindSteps);
        if (pictures.Count <= 1 && vectors.Count <= 1)
            yield return $"its observation did not change over {blind} steps of random actions";
        else if (pictureBytes > 0 && pictures.Count <= 1)
            yield return $"its picture did not change over {blind} steps of random actions, though its vector did";
        if (pictureBytes > 0 && brightest <= 1)
            yield return $"its pictures have no byte above {brightest}; bytes go from 0 to 255, so multiply what goes "
                + "from 0 to 1 by 255";
        else if (pictureBytes > 0 && brightest - darkest < LeastContrast)
            yield return $"all bytes of its pictures lie between {darkest} and {brightest} of 255; there is hardly "
                + "anything to see";
    }

    private IEnumerable<string> Rewards()
    {
        var largest = rewards.Count > 0 ? Math.Max(Math.Abs(rewards.Least), Math.Abs(rewards.Most)) : 0;
        if (largest > LargeReward)
            yield return FormattableString.Invariant($"a decision's reward reaches {largest:G3}; errors of the reward ")
                + "count squared, so divide it until it is of the order of 1";
        else if (largest is > 0 and < SmallReward)
            yield return FormattableString.Invariant($"no decision's reward is larger than {largest:G3}; that drowns ")
                + "in the loss of the observation, so multiply it until it is of the order of 1";
        else if (largest == 0)
            yield return $"there was no reward in {Decisions} decisions of random actions; the agent must find one by "
                + "chance before it can learn from it";
        else if (lengths.Count > terminals.Count && rewards.Count > 1 && rewards.IsOne)
            yield return FormattableString.Invariant($"every decision's reward was {rewards.Most:G3}, and not every ")
                + "episode terminated: nothing says which actions are better";
    }

    private IEnumerable<string> Speed()
    {
        if (seconds.Count > 0 && Median() > SlowSeconds)
            yield return FormattableString.Invariant($"a decision takes {1e3 * Median():0} ms; environment.count ")
                + "plays several at once, each on its thread";
    }

    private double Median() => seconds.Order().ElementAtOrDefault(seconds.Count / 2) is > 0 and var median
        ? median
        : double.Epsilon;

    private void Look(in TimeStep row)
    {
        foreach (var value in row.Image ?? [])
        {
            (darkest, brightest) = (Math.Min(darkest, value), Math.Max(brightest, value));
            pictureSum += value;
        }
        pictureBytes += row.Image?.Length ?? 0;
    }

    private void Remember(in TimeStep row)
    {
        var hash = new HashCode();
        hash.AddBytes(row.Image);
        pictures.Add(hash.ToHashCode());
        hash = new HashCode();
        foreach (var entry in row.Vector ?? []) hash.Add(entry);
        vectors.Add(hash.ToHashCode());
    }

    /// <summary>The smallest, the mean and the largest of numbers that come one by one.</summary>
    private sealed class Range
    {
        private double sum;

        public int Count { get; private set; }

        public double Least { get; private set; } = double.PositiveInfinity;

        public double Most { get; private set; } = double.NegativeInfinity;

        public bool IsOne => Count > 0 && Least == Most;

        public Spread? Spread => Count > 0 ? new(Least, sum / Count, Most) : null;

        public void Add(double number)
        {
            (Count, sum) = (Count + 1, sum + number);
            (Least, Most) = (Math.Min(Least, number), Math.Max(Most, number));
        }
    }
}
