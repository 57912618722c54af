using Reverie.Configuration;

namespace Reverie.Environments;

/// <summary>Several tasks that one agent learns with one model, without being told which it is in (PlaNet §5): actions and
/// vectors are those of the largest, of which each task's environment takes and fills its own first entries.</summary>
internal static class JointTask
{
    /// <summary>What is known of them together.</summary>
    /// <param name="task">Their names, with commas between them.</param>
    /// <param name="members">Each.</param>
    public static TaskInfo Info(string task, IReadOnlyList<TaskInfo> members)
    {
        var (picture, vector) = (members.Select(one => SpaceRule.PictureOf(one.ObservationSpace)).FirstOrDefault(one => one is not null),
            members.Max(one => one.VectorSize));
        string[] origins = [.. members.Select(one => one.Origin).OfType<string>()];
        return new()
        {
            Task = task, Title = string.Join(',', members.Select(one => one.Title)), Domain = "several",
            ObservationSpace = Observed(picture, picture is null || vector > 0 ? vector : null),
            ActionSpace = members.MaxBy(one => one.ActionSize)!.ActionSpace,
            ActionRepeat = members.Min(one => one.ActionRepeat),
            EpisodeSteps = members.Any(one => one.EpisodeSteps == 0) ? 0 : members.Max(one => one.EpisodeSteps),
            Graphics = members.Select(one => one.Graphics).FirstOrDefault(graphics => graphics is not null),
            Origin = origins.Length == 0 ? null : string.Join(", ", origins),
        };
    }

    /// <summary>What an agent chooses from in all of them.</summary>
    /// <param name="tasks">Their names.</param>
    /// <param name="spaces">What it chooses from in each.</param>
    /// <exception cref="ConfigurationException">They cannot be joined; the line names two of them.</exception>
    public static Space Actions(IReadOnlyList<string> tasks, IReadOnlyList<Space> spaces)
    {
        var first = spaces[0];
        for (var i = 0; i < spaces.Count; i++)
        {
            if (ActionGroups.Of(spaces[i]).IsMasked)
                throw Apart($"{tasks[i]} says in every row which actions may be chosen, {tasks[i == 0 ? 1 : 0]} has masks of its "
                    + "own or none");
            if (!spaces[i].Equals(first) && (first is not BoxSpace || spaces[i] is not BoxSpace))
                throw Apart($"{tasks[0]} takes actions of {first}, {tasks[i]} of {spaces[i]}");
        }
        return first is BoxSpace ? BoxSpace.Uniform(spaces.Max(one => ((BoxSpace)one).Size), -1, 1) : first;
    }

    /// <summary>What an agent sees in all of them.</summary>
    /// <param name="tasks">Their names.</param>
    /// <param name="spaces">What it sees in each.</param>
    /// <exception cref="ConfigurationException">They cannot be joined; the line names two of them.</exception>
    public static Space Observations(IReadOnlyList<string> tasks, IReadOnlyList<Space> spaces)
    {
        var (first, seen) = (SpaceRule.PictureOf(spaces[0]), SpaceRule.VectorOf(spaces[0]) is not null);
        for (var i = 1; i < spaces.Count; i++)
            if (!Equals(SpaceRule.PictureOf(spaces[i]), first) || SpaceRule.VectorOf(spaces[i]) is not null != seen)
                throw Apart($"{tasks[0]} shows {spaces[0]}, {tasks[i]} {spaces[i]}");
        return Observed(first, seen ? spaces.Max(one => SpaceRule.VectorOf(one)!.Size) : null);
    }

    /// <summary>An environment of one of them as an agent meets it that learns all of them; disposed with it.</summary>
    /// <param name="environment">Ready for an agent of its own.</param>
    /// <param name="observation">What the agent sees.</param>
    /// <param name="action">What it chooses from.</param>
    public static IEnvironment Padded(IEnvironment environment, Space observation, Space action) =>
        environment.ObservationSpace.Equals(observation) && environment.ActionSpace.Equals(action)
            ? environment : new PaddedEnvironment(environment, observation, action);

    private static Space Observed(ImageSpace? picture, int? vector)
    {
        var box = vector is { } size ? BoxSpace.Uniform(size, float.NegativeInfinity, float.PositiveInfinity) : null;
        return picture is null ? box! : box is null ? picture : new MixedSpace(picture, box);
    }

    private static ConfigurationException Apart(string why) => new($"task: {why}: one agent cannot learn both; train them apart");

    private sealed class PaddedEnvironment(IEnvironment inner, Space observation, Space action) : EnvironmentWrapper(inner)
    {
        private readonly int vector = SpaceRule.VectorOf(observation)?.Size ?? 0;
        private readonly int actions = ActionGroups.Of(inner.ActionSpace).Size;

        public override Space ObservationSpace => observation;

        public override Space ActionSpace => action;

        public override TimeStep Reset(int? seed = null) => Filled(base.Reset(seed));

        public override TimeStep Step(ReadOnlySpan<float> action) => Filled(base.Step(action[..actions]));

        private TimeStep Filled(TimeStep row)
        {
            if (vector == 0 || row.Vector.Length == vector) return row;
            var all = new float[vector];
            row.Vector.CopyTo(all, 0);
            return row with { Vector = all };
        }
    }
}
