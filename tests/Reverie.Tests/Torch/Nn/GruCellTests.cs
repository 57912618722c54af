using Reverie.Torch;
using Reverie.Torch.Nn;

namespace Reverie.Tests.Torch.Nn;

/// <summary>The four cells that go by the name of GRU, on the same weights: their first digits differ.</summary>
[NoTensorLeaks]
public sealed class GruCellTests
{
    // Columns are units; rows are x0, x1, h0, h1. Layers keep the transpose, (out, in).
    private static readonly double[][] Reset = [[.1, -.2], [.3, .4], [-.5, .6], [.7, -.8]];
    private static readonly double[][] Update = [[.2, .1], [-.3, .5], [.4, -.6], [.8, .7]];
    private static readonly double[][] Candidate = [[-.1, .3], [.2, -.4], [.6, .5], [-.7, .9]];
    private static readonly double[] ResetBias = [.01, -.02], UpdateBias = [.03, .04];
    private static readonly double[] CandidateBias = [-.05, .06];

    [Fact]
    public void PlanetResetsBeforeTheRecurrentProduct()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var cell = new PlanetGruCell(2, 2, Double(random));
        Set(cell, "gates.weight", [.. Columns(Reset), .. Columns(Update)]);
        Set(cell, "gates.bias", [.. ResetBias, .. UpdateBias]);
        Set(cell, "candidate.weight", Columns(Candidate));
        Set(cell, "candidate.bias", CandidateBias);
        Near.Equal([-0.04268966603956868, 0.43379719622714863], cell.Forward(X(), H()));
    }

    [Fact]
    public void TorchResetsAfterTheRecurrentProduct()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var cell = new TorchGruCell(2, 2, Double(random));
        double[][][] parts = [Reset, Update, Candidate];
        Set(cell, "kernel", [.. parts.SelectMany(part => Columns(part[..2]))]);
        Set(cell, "recurrent_kernel", [.. parts.SelectMany(part => Columns(part[2..]))]);
        Set(cell, "bias", [.. ResetBias, .. UpdateBias, .. CandidateBias]);
        Set(cell, "recurrent_bias", [0, 0, 0, 0, .07, -.08]);
        Near.Equal([-0.037454330704050326, 0.4210703044378289], cell.Forward(X(), H()));
    }

    [Fact]
    public void DreamerV2LetsTheUpdateGateTakeTheCandidate()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var cell = new NormGruCell(2, 2, Double(random), norm: false);
        Set(cell, "parts.weight", [.. Columns(Reset), .. Columns(Candidate), .. Columns(Update)]);
        Set(cell, "parts.bias", [.. ResetBias, .. CandidateBias, .. UpdateBias]);
        Near.Equal([-0.011935503795956898, 0.21791317137273683], cell.Forward(X(), H()));
    }

    [Theory]
    [InlineData(1e-3, -0.11215917348743222, 0.2266378926899447)]
    [InlineData(1e-5, -0.11256188327544227, 0.22662788156366095)]
    public void DreamerV2NormalisesAllThreePartsTogether(double epsilon, double first, double second)
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        double[] raw = [-.15, -.62, -.38, .84, .63, -.33];
        using var cell = new NormGruCell(1, 2, Double(random), epsilon: epsilon);
        Set(cell, "parts.weight", [.. raw.SelectMany(part => new[] { part, 0, 0 })]);      // x = 1 gives the raw parts
        Near.Equal([first, second], cell.Forward(Row(1), H()));
    }

    [Fact]
    public void CellsStartAsTheirOriginalsDo()
    {
        using var scope = new TensorScope();
        using var random = new Generator(Device.Cpu, 1);
        using var planet = GruCell.ByName("planet", 3, 4, Double(random));
        Near.Equal([1, 1, 1, 1, 1, 1, 1, 1], Of(planet, "gates.bias"));
        Near.Equal([0, 0, 0, 0], Of(planet, "candidate.bias"));
        using var torch = GruCell.ByName("torch", 3, 4, Double(random));
        var recurrent = Of(torch, "recurrent_kernel");       // (12, 4), orthonormal columns
        double[] identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        Near.Equal(identity, recurrent.Transpose(0, 1).Matmul(recurrent), 1e-12);
        using var norm = GruCell.ByName("norm", 3, 4, Double(random));
        Assert.Equal((3 + 4) * 12 + 12 + 2 * 12, norm.ParameterCount);      // the norm does not replace the bias
        Near.Equal(new double[12], Of(norm, "parts.bias"));
        Assert.Throws<ArgumentException>(() => GruCell.ByName("lstm", 3, 4, Double(random)));
    }

    private static Initializer Double(Generator random) => new(Device.Cpu, random) { DType = DType.Float64 };

    private static Tensor X() => Row(.5, -1);

    private static Tensor H() => Row(.1, .2);

    private static Tensor Row(params double[] values) => Tensor.FromArray(values, [1, values.Length]);

    private static double[] Columns(double[][] rows) =>
        [.. Enumerable.Range(0, 2).SelectMany(unit => rows.Select(row => row[unit]))];

    private static Tensor Of(Module cell, string name) => cell.NamedParameters().Single(p => p.Name == name).Value;

    private static void Set(Module cell, string name, double[] values)
    {
        using var noGrad = new NoGrad();
        var parameter = Of(cell, name);
        parameter.Copy_(Tensor.FromArray(values, parameter.Shape));
    }
}
