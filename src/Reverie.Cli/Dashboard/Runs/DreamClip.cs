using Reverie.Torch.IO;

namespace Reverie.Cli.Dashboard.Runs;

/// <summary>What a model dreamt in an evaluation, beside what happened.</summary>
/// <param name="Context">Rows that it had seen, 0 to those that there are.</param>
/// <param name="Truth">Pictures that were, uint8 (T, H, W, C); null where there are none.</param>
/// <param name="Model">Pictures that it drew, alike.</param>
/// <param name="VectorTruth">Vectors that were, (T, V); null where there are none.</param>
/// <param name="VectorModel">Vectors that it expected, alike.</param>
internal sealed record DreamClip(
    int Context, NpyArray? Truth, NpyArray? Model, NpyArray? VectorTruth, NpyArray? VectorModel)
{
    /// <summary>Reads a <c>-dream.npz</c>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or none; one line that names it.</exception>
    public static DreamClip Read(string path)
    {
        var arrays = new SeenArrays(path);
        var context = arrays.Get<int>("context", 1).As<int>()[0];
        var truth = arrays.Pictures("truth", null, null, null, null);
        var vector = arrays.Find<float>("vector_truth", null, null);
        var rows = truth?.Shape[0] ?? vector?.Shape[0] ?? throw arrays.Damage("has neither pictures nor vectors");
        if (context < 0 || context > rows)
            throw arrays.Damage($"has {context} rows of context among {rows}");
        return new(context, truth, truth is null ? null : Alike<byte>("model", truth),
            vector, vector is null ? null : Alike<float>("vector_model", vector));

        NpyArray Alike<T>(string key, NpyArray other) where T : unmanaged =>
            arrays.Get<T>(key, [.. other.Shape.Select(extent => (int?)extent)]);
    }
}
