using Reverie.Environments.Mujoco;

namespace Reverie.Environments.ControlSuite;

/// <summary>The numbers of <c>mjModel</c> that a task changes from episode to episode, as a recording names
/// them.</summary>
internal sealed class ModelValues(Physics physics, IReadOnlyList<ReferenceFile.ModelValue> recorded)
{
    /// <summary>Writes the recorded numbers into the model.</summary>
    /// <exception cref="ReverieException">The model has no such field or object, or it is of another size.</exception>
    internal void Set()
    {
        foreach (var (field, place, value) in recorded.Select(Find))
            if (physics.KindOfModel(field) == FieldKind.Float)
                Array.ConvertAll(value, x => (float)x).CopyTo(physics.ModelFloats(field)[place..]);
            else
                value.CopyTo(physics.Model(field)[place..]);
    }

    /// <summary>The same numbers as the model has them now, one after the other.</summary>
    /// <exception cref="ReverieException">As for <see cref="Set"/>.</exception>
    internal double[] Get() => [.. recorded.Select(Find).SelectMany(found => Read(found.Field, found.Place,
        found.Value.Length))];

    private double[] Read(string field, int place, int length) => physics.KindOfModel(field) == FieldKind.Float
        ? Array.ConvertAll(physics.ModelFloats(field).Slice(place, length).ToArray(), x => (double)x)
        : physics.Model(field).Slice(place, length).ToArray();

    private (string Field, int Place, double[] Value) Find(ReferenceFile.ModelValue value)
    {
        if (physics.KindOfModel(value.Field) is not (FieldKind.Double or FieldKind.Float))
            throw new DataException($"{value.Field} of the model does not hold real numbers");
        var ofVelocities = value.Field.StartsWith("dof_", StringComparison.Ordinal);
        var row = physics.Id(value.Type, value.Name);
        if (ofVelocities)
            row = physics.ModelInts("jnt_dofadr")[row];
        var width = physics.LengthOfModel(value.Field) / physics.ModelInts(ofVelocities ? "nv" : value.Type switch
        {
            "joint" => "njnt",
            "actuator" => "nu",
            var type => "n" + type,
        })[0];
        if (value.Value.Length != width)
            throw new DataException($"{value.Field} of {value.Type} '{value.Name}' has {value.Value.Length} " +
                $"numbers there and {width} in the model");
        return (value.Field, row * width, value.Value);
    }
}
