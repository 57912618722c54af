namespace Reverie.Torch.Nn;

/// <summary>
/// A function with parameters. Children and parameters are registered by name; together the names make dotted paths,
/// <c>dynamics.gru.weight</c>, as checkpoints use them.
/// </summary>
/// <remarks>Several threads may ask for forward passes without gradients at once, each in a <see cref="TensorScope"/> of its
/// own; while it learns it is one thread's.</remarks>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Module Child)> children = [];
    private readonly List<(string Name, Tensor Value)> parameters = [];

    /// <summary>Every parameter below this module with its dotted name, in the order of registration.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedParameters(string prefix = "")
    {
        foreach (var (name, value) in parameters) yield return (prefix + name, value);
        foreach (var (name, child) in children)
            foreach (var parameter in child.NamedParameters(name.Length == 0 ? prefix : $"{prefix}{name}."))
                yield return parameter;
    }

    /// <summary>This module under <paramref name="name"/>, then every module below it with its dotted name.</summary>
    public IEnumerable<(string Name, Module Module)> NamedModules(string name)
    {
        yield return (name, this);
        foreach (var (child, module) in children)
            foreach (var below in module.NamedModules(child.Length == 0 ? name : $"{name}.{child}"))
                yield return below;
    }

    /// <summary>The parameters of <see cref="NamedParameters"/> without their names.</summary>
    public Tensor[] Parameters() => NamedParameters().Select(parameter => parameter.Value).ToArray();

    /// <summary>Number of trainable scalars.</summary>
    public long ParameterCount => NamedParameters().Sum(parameter => parameter.Value.Numel);

    /// <summary>Frees the parameters of this module and of its children.</summary>
    public void Dispose()
    {
        foreach (var (_, child) in children) child.Dispose();
        foreach (var (_, value) in parameters) value.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a child under a name; with an empty one its parameters are named as if they were this module's own.
    /// </summary>
    protected T Register<T>(string name, T child) where T : Module
    {
        RequireNew(name);
        children.Add((name, child));
        return child;
    }

    /// <summary>Adds a parameter under a name: takes it out of its scope and asks for its gradient.</summary>
    protected Tensor Parameter(string name, Tensor initial)
    {
        RequireNew(name);
        var leaf = initial.Detach().Keep().SetRequiresGrad(true);
        parameters.Add((name, leaf));
        return leaf;
    }

    private void RequireNew(string name)
    {
        if (name.Contains('.', StringComparison.Ordinal) || children.Any(c => c.Name == name) || parameters.Any(p => p.Name == name))
            throw new ArgumentException($"{GetType().Name}: the name '{name}' is taken or holds a dot", nameof(name));
    }
}
