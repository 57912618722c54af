using Reverie.Cli.Dashboard.Runs;
using Reverie.Tests.Fakes;
using Reverie.Torch.IO;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>Arrays of evaluations that are whole as files, and not what an evaluation writes.</summary>
public sealed class SeenArraysTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Kinds()
    {
        var data = new TheoryData<string, string>();
        foreach (var key in RecordedRun.Dream().Keys.Concat(RecordedRun.Foresight().Keys))
            foreach (var kind in new[] { "type", "rank", "empty", "other length" })
                data.Add(key, kind);
        data.Add("context", "missing");
        data.Add("model", "missing");
        data.Add("vector_model", "missing");
        data.Add("rows", "missing");
        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatDoesNotFitIsDamageInALine(string key, string kind)
    {
        var isDream = RecordedRun.Dream().ContainsKey(key);
        var arrays = isDream ? RecordedRun.Dream() : RecordedRun.Foresight();
        if (kind == "missing")
            arrays.Remove(key);
        else
            arrays[key] = Wrong(arrays[key], kind);
        var path = folder["one.npz"];
        Npz.Write(path, arrays);
        var fault = Assert.Throws<InvalidDataException>(() =>
            _ = isDream ? (object)DreamClip.Read(path) : SeenForesight.Read(path));
        Assert.StartsWith(path, fault.Message);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MinValue)]
    public void AContextBeyondTheRowsIsNone(int context)
    {
        var arrays = RecordedRun.Dream();
        arrays["context"] = new(new[] { context }, 1);
        Npz.Write(folder["one.npz"], arrays);
        var fault = Assert.Throws<InvalidDataException>(() => DreamClip.Read(folder["one.npz"]));
        Assert.Contains($"has {context} rows of context among 4", fault.Message);
    }

    [Fact]
    public void WhatFitsIsRead()
    {
        Npz.Write(folder["dream.npz"], RecordedRun.Dream());
        Npz.Write(folder["foresight.npz"], RecordedRun.Foresight());
        Assert.Equal(2, DreamClip.Read(folder["dream.npz"]).Context);
        Assert.Equal([0, 2], SeenForesight.Read(folder["foresight.npz"]).Rows);
    }

    private static NpyArray Wrong(NpyArray array, string kind)
    {
        int[] shape = [.. array.Shape];
        return kind switch
        {
            "type" => new(new double[array.Data.Length], shape),
            "rank" => new(array.Data, [.. shape, 1]),
            "empty" => new(Array.CreateInstance(array.ElementType, 0), [0, .. shape[1..]]),
            // Twice as many of the first dimension: what it belongs to has fewer.
            _ => Longer(array, shape),
        };
    }

    private static NpyArray Longer(NpyArray array, int[] shape)
    {
        var data = Array.CreateInstance(array.ElementType, 2 * array.Data.Length);
        return new(data, [2 * shape[0], .. shape[1..]]);
    }
}
