using System.Globalization;
using Reverie.Torch.Native;
using Reverie.Torch.Nn;

namespace Reverie.Torch;

/// <summary>What one operator took in one layer.</summary>
/// <param name="Layer">Dotted path of the module that called it; empty outside of all.</param>
/// <param name="Backward">Whether for the gradient of that layer.</param>
/// <param name="Operator">Its name, as libtorch has it.</param>
/// <param name="Count">Calls.</param>
/// <param name="Seconds">Spent in it, not counting operators that it calls.</param>
public sealed record ProfileEntry(string Layer, bool Backward, string Operator, long Count, double Seconds);

/// <summary>
/// Observes operators and knows which layer they work for. Only one observes at a time. Operators on a GPU are started and
/// not waited for: there the seconds are those of starting them.
/// </summary>
public sealed class Profile : IDisposable
{
    private static Profile? current;

    private readonly Dictionary<Module, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> names = [""];

    /// <summary>Begins to observe.</summary>
    /// <param name="modules">Roots of the layers to tell apart, by name.</param>
    /// <exception cref="InvalidOperationException">Another one is observing.</exception>
    public Profile(IReadOnlyDictionary<string, Module> modules)
    {
        foreach (var (name, module) in modules)
            foreach (var (path, part) in module.NamedModules(name))
                if (numbers.TryAdd(part, names.Count)) names.Add(path);
        if (Interlocked.CompareExchange(ref current, this, null) is not null)
            throw new InvalidOperationException("another profile is being taken");
        TorchBinding.ProfileBegin();
    }

    /// <summary>What was observed since the beginning; ends the observing.</summary>
    public IReadOnlyList<ProfileEntry> Finish()
    {
        current = null;
        return [.. TorchBinding.ProfileEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var parts = line.Split('\t', 5);
            return new ProfileEntry(names[int.Parse(parts[0], CultureInfo.InvariantCulture)], parts[1] == "1", parts[4],
                long.Parse(parts[2], CultureInfo.InvariantCulture),
                1e-9 * long.Parse(parts[3], CultureInfo.InvariantCulture));
        })];
    }

    /// <summary>Stops observing.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(current, this)) Finish();
    }

    /// <summary>Counts what this thread computes as a module's until the result is disposed; costs nothing to speak of
    /// while nothing observes.</summary>
    public static Layer Of(Module module) =>
        current is { } profile && profile.numbers.TryGetValue(module, out var number)
            ? new Layer(TorchBinding.ProfileLayer(number))
            : default;

    /// <summary>Ends a layer's work.</summary>
    public readonly ref struct Layer
    {
        private readonly int before;
        private readonly bool entered;

        internal Layer(int before) => (this.before, entered) = (before, true);

        /// <summary>Goes back to the layer around it.</summary>
        public void Dispose()
        {
            if (entered) TorchBinding.ProfileLayer(before);
        }
    }
}
