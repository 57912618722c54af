using Reverie.Torch.Native;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Torch.IO;

/// <summary>
/// Parameters of modules and states of optimizers as safetensors files. Saving and loading give back every bit. A file
/// that does not fit changes nothing: all of it is compared before the first tensor is written.
/// </summary>
public static class ModuleCheckpoint
{
    private const string StepEntry = "step";

    /// <summary>Writes the parameters of a module under their dotted names.</summary>
    public static void Save(string path, Module module) =>
        SafetensorsFile.Write(path, Entries(module.NamedParameters()));

    /// <summary>Reads into the parameters of a module.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or a name, shape or type differs; one line that names
    /// file and tensor.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static void Load(string path, Module module) => Load(path, module, static _ => true);

    /// <summary>The same of some parameters alone; the others, there and here, are left as they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="module">Takes them.</param>
    /// <param name="takes">Whether a parameter is one of them, by its dotted name.</param>
    /// <inheritdoc cref="Load(string, Module)" path="/exception"/>
    internal static void Load(string path, Module module, Func<string, bool> takes) => Fill(path,
        Read(path).Where(entry => takes(entry.Key)).ToDictionary(),
        [.. module.NamedParameters().Where(parameter => takes(parameter.Name))]);

    /// <summary>Writes the moments and step counts of several optimizers, each under its name.</summary>
    public static void SaveOptimizers(string path, params ReadOnlySpan<(string Name, Optimizer Optimizer)> optimizers)
    {
        var entries = new List<SafetensorsEntry>();
        foreach (var (name, optimizer) in optimizers)
        {
            var step = BitConverter.GetBytes(optimizer.StepCount);
            entries.Add(new SafetensorsEntry($"{name}.{StepEntry}", "I64", [], step));
            entries.AddRange(Entries(Named(name, optimizer)));
        }
        SafetensorsFile.Write(path, entries);
    }

    /// <summary>Reads into several optimizers what <see cref="SaveOptimizers"/> wrote.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Load(string, Module)"/>.</exception>
    /// <exception cref="IOException">As <see cref="Load(string, Module)"/>.</exception>
    public static void LoadOptimizers(string path, params ReadOnlySpan<(string Name, Optimizer Optimizer)> optimizers)
    {
        var entries = Read(path);
        var steps = new long[optimizers.Length];
        var targets = new List<(string Name, Tensor Value)>();
        for (var i = 0; i < steps.Length; i++)
        {
            var (name, optimizer) = optimizers[i];
            if (!entries.Remove($"{name}.{StepEntry}", out var step) || step is not { DType: "I64", Shape: [] })
                throw new InvalidDataException($"{path}: the step count '{name}.{StepEntry}' is missing or no integer");
            steps[i] = BitConverter.ToInt64(step.Data);
            targets.AddRange(Named(name, optimizer));
        }
        Fill(path, entries, targets);
        for (var i = 0; i < steps.Length; i++) optimizers[i].Optimizer.StepCount = steps[i];
    }

    private static IEnumerable<(string Name, Tensor Value)> Named(string prefix, Optimizer optimizer) =>
        optimizer.State.Select(each => ($"{prefix}.{each.Name}", each.Value));

    private static IEnumerable<SafetensorsEntry> Entries(IEnumerable<(string Name, Tensor Value)> tensors)
    {
        foreach (var (name, value) in tensors)
        {
            var (word, size) = Format(value.DType);
            var data = new byte[value.Numel * size];
            TorchBinding.ToData(value.Handle, data.AsSpan());
            yield return new SafetensorsEntry(name, word, value.Shape.ToArray(), data);
        }
    }

    private static Dictionary<string, SafetensorsEntry> Read(string path) =>
        SafetensorsFile.Read(path).Entries.ToDictionary(entry => entry.Name);

    private static void Fill(string path, Dictionary<string, SafetensorsEntry> entries,
        IReadOnlyList<(string Name, Tensor Value)> targets)
    {
        RequireFit(path, entries, targets);
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        foreach (var (name, value) in targets)
            value.Copy_(Tensor.FromBytes(entries[name].Data, value.DType, value.Shape));
    }

    private static void RequireFit(string path, Dictionary<string, SafetensorsEntry> entries,
        IReadOnlyList<(string Name, Tensor Value)> targets)
    {
        foreach (var (name, value) in targets)
        {
            if (!entries.TryGetValue(name, out var entry))
                throw Misfit(path, $"the tensor '{name}' is missing");
            if (entry.DType != Format(value.DType).Word || !value.Shape.SequenceEqual(entry.Shape))
                throw Misfit(path, $"the tensor '{name}' is {entry.DType} [{string.Join(", ", entry.Shape)}], "
                    + $"{Format(value.DType).Word} {value.ShapeText} is needed");
        }
        var known = targets.Select(target => target.Name).ToHashSet();
        if (entries.Keys.FirstOrDefault(name => !known.Contains(name)) is { } stranger)
            throw Misfit(path, $"the tensor '{stranger}' has no place here");
    }

    private static InvalidDataException Misfit(string path, string what) =>
        new($"{path}: {what}; the file belongs to another configuration");

    private static (string Word, int Size) Format(DType dtype) => dtype switch
    {
        DType.UInt8 => ("U8", 1),
        DType.Bool => ("BOOL", 1),
        DType.Int32 => ("I32", 4),
        DType.Int64 => ("I64", 8),
        DType.Float16 => ("F16", 2),
        DType.BFloat16 => ("BF16", 2),
        DType.Float32 => ("F32", 4),
        DType.Float64 => ("F64", 8),
        _ => throw new TorchException($"elements of type {dtype} have no word in safetensors"),
    };
}
