using System.Text.Json;

namespace Reverie.Environments.ControlSuite;

/// <summary>A recorded episode of the original suite, as JSON with keys in snake_case.</summary>
internal sealed record ReferenceFile
{
    public required string Task { get; init; }

    public int Nq { get; init; }

    public int Nv { get; init; }

    public int Na { get; init; }

    public int Nu { get; init; }

    public int Camera { get; init; }

    public double ControlTimestep { get; init; }

    public IReadOnlyList<ModelValue> ModelValues { get; init; } = [];

    public required StateRow Initial { get; init; }

    public required double[][] Actions { get; init; }

    public required Columns AfterStep { get; init; }

    public IReadOnlyList<Probe> Probes { get; init; } = [];

    public RecordedDistribution? InitialDistribution { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ReverieException">It cannot be read or is not of this format.</exception>
    internal static ReferenceFile Read(string path) => RecordedJson.Read<ReferenceFile>(path, file => file.Check());

    /// <summary>The state that the step with that index starts from.</summary>
    internal StateRow Before(int step) => step == 0 ? Initial : new StateRow
    {
        Time = Initial.Time + step * ControlTimestep,
        Qpos = AfterStep.Qpos[step - 1],
        Qvel = AfterStep.Qvel[step - 1],
        Act = AfterStep.Act[step - 1],
        QaccWarmstart = AfterStep.QaccWarmstart[step - 1],
        Observation = AfterStep.Observation[step - 1],
    };

    private void Check()
    {
        var (rows, count) = (AfterStep, Actions.Length);
        RecordedJson.CheckRows("actions", Actions, count, Nu);
        RecordedJson.CheckRows("after_step.qpos", rows.Qpos, count, Nq);
        RecordedJson.CheckRows("after_step.qvel", rows.Qvel, count, Nv);
        RecordedJson.CheckRows("after_step.act", rows.Act, count, Na);
        RecordedJson.CheckRows("after_step.qacc_warmstart", rows.QaccWarmstart, count, Nv);
        RecordedJson.CheckRows("after_step.observation", rows.Observation, count,
            rows.Observation.FirstOrDefault()?.Length ?? 0);
        if (rows.Reward.Length != count)
            throw new JsonException($"after_step.reward has {rows.Reward.Length} rows and actions {count}");
        if (Probes.Any(probe => probe is null) || ModelValues.Any(value => value is null))
            throw new JsonException("probes or model_values have an entry that is null");
        InitialDistribution?.Check(Nq, Nv);
    }

    /// <summary>What the task changed in the model for this episode.</summary>
    internal sealed record ModelValue
    {
        public required string Field { get; init; }

        public required string Type { get; init; }

        public required string Name { get; init; }

        public required double[] Value { get; init; }
    }

    /// <summary>A state with what was observed in it.</summary>
    internal sealed record StateRow
    {
        public double Time { get; init; }

        public required double[] Qpos { get; init; }

        public required double[] Qvel { get; init; }

        public double[] Act { get; init; } = [];

        public double[] QaccWarmstart { get; init; } = [];

        public double[] Observation { get; init; } = [];
    }

    /// <summary>One row per control step.</summary>
    internal sealed record Columns
    {
        public required double[][] Qpos { get; init; }

        public required double[][] Qvel { get; init; }

        public required double[][] Act { get; init; }

        public required double[][] QaccWarmstart { get; init; }

        public required double[] Reward { get; init; }

        public required double[][] Observation { get; init; }
    }

    /// <summary>A state chosen to exercise the reward.</summary>
    internal sealed record Probe
    {
        public required double[] Qpos { get; init; }

        public required double[] Qvel { get; init; }

        public double[] Act { get; init; } = [];

        public required double[] Ctrl { get; init; }

        public required double Reward { get; init; }

        public required double[] Observation { get; init; }
    }
}
