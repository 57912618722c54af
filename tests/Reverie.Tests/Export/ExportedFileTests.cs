using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using Reverie.Export;
using Reverie.Runtime;
using Reverie.Tests.Fakes;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Export;

/// <summary>What is in exported files, and what is refused of files that are not whole.</summary>
public partial class ExportedFileTests
{
    // What Unity's manual of Inference Engine 2.2 lists as supported (docs.unity3d.com, com.unity.ai.inference,
    // "Supported ONNX operators").
    private static readonly string[] InferenceEngine =
    [
        "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "AveragePool",
        "BatchNormalization", "Bernoulli", "Cast", "CastLike", "Ceil", "Celu", "Clip", "Compress", "Concat", "Constant",
        "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "Cosh", "CumSum", "DepthToSpace", "Div", "Dropout", "Einsum", "Elu",
        "Equal", "Erf", "Exp", "Expand", "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Gemm",
        "GlobalAveragePool", "GlobalMaxPool", "Greater", "GreaterOrEqual", "GridSample", "Hardmax", "HardSigmoid", "HardSwish",
        "Identity", "InstanceNormalization", "IsInf", "IsNaN", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log",
        "LogSoftmax", "LRN", "LSTM", "MatMul", "Max", "MaxPool", "Mean", "Min", "Mod", "Mish", "Mul", "Multinomial", "Neg",
        "NonMaxSuppression", "NonZero", "Not", "OneHot", "Or", "Pad", "Pow", "PRelu", "RandomNormal", "RandomNormalLike",
        "RandomUniform", "RandomUniformLike", "Range", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
        "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Resize",
        "RoiAlign", "Round", "Scatter", "ScatterElements", "ScatterND", "Selu", "Shape", "Shrink", "Sigmoid", "Sign", "Sin",
        "Sinh", "Size", "Slice", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Sum",
        "Tan", "Tanh", "ThresholdedRelu", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Upsample", "Where", "Xor",
    ];

    [Fact]
    public void EveryOperatorIsOneThatTheDocumentationListsAndInferenceEngineTakes()
    {
        var page = File.ReadAllText(Path.Combine(SetupSandbox.Checkout, "docs", "deploy.md"));
        var listed = OperatorList().Match(page).Groups[1].Value
            .Split([' ', '\n', '`', ',', '.'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var used = new HashSet<string>();
        foreach (var algorithm in new[] { "dreamer", "dreamerv2", "dreamerv3", "planet", "world_models" })
            foreach (var (choices, masked) in new[] { (false, false), (true, false), (true, true) })
                foreach (var noise in new[] { false, true })
                {
                    var sees = algorithm == "world_models" ? "pixels" : "both";
                    using var exported = new ExportedAgent(algorithm, sees, DriftEnvironment.LayoutOf(sees, choices, masked),
                        new() { HasValues = true, HasDream = true, HasNoise = noise },
                        algorithm == "dreamerv3" && choices ? ["model.cnn=pooled"] : algorithm == "planet" && choices
                            ? ["model.dynamics=ssm"] : []);
                    foreach (var file in exported.Files) used.UnionWith(OnnxParts.Operators(File.ReadAllBytes(file)));
                }
        Assert.True(listed.SetEquals(used), $"docs/deploy.md lists {string.Join(", ", listed)}; files use "
            + string.Join(", ", used.Order(StringComparer.Ordinal)));
        Assert.Empty(used.Except(InferenceEngine));
    }

    [Fact]
    public void ThePackageThatPlaysIsSmall() => Assert.InRange(
        Directory.GetFiles(Path.Combine(SetupSandbox.Checkout, "src", "Reverie.Runtime"), "*.cs")
            .Sum(path => File.ReadAllLines(path).Length), 1, 999);

    [Fact]
    public void AFileSaysWhatItIs()
    {
        using var exported = new ExportedAgent("dreamer", "both", choices: true);
        using var player = DreamAgent.Load(exported.Path);
        var info = player.Info;
        Assert.Equal(("drift", "dreamer", 1000), (info.Task, info.Algorithm, info.EnvironmentSteps));
        Assert.Equal((64, 64, 3, 64 * 64 * 3), (info.PictureHeight, info.PictureWidth, info.PictureChannels, info.PictureSize));
        Assert.Equal((DriftEnvironment.Entries, DriftEnvironment.Actions, true), (info.VectorSize, info.ActionSize, info.IsChoice));
        Assert.Equal((0, DriftEnvironment.Actions, true), (info.Groups[0].Start, info.Groups[0].Size, info.Groups[0].IsChoice));
        Assert.Equal(AgentExport.Producer, info.Commit);
        Assert.False(player.Dreams);
        using var session = new InferenceSession(exported.Path);
        Assert.Equal("Reverie", session.ModelMetadata.ProducerName);
        Assert.Equal([-1, 64, 64, 3], session.InputMetadata["image"].Dimensions);
        Assert.Equal("rows", session.InputMetadata["image"].SymbolicDimensions[0]);
    }

    [Fact]
    public void ANameWithACommaIsOneName()
    {
        using var exported = new ExportedAgent("d4pg", "vector", choices: false);
        AgentExport.Write(exported.Agent, new(exported.Config, exported.Layout, 1000, ["left, hard", "up", "on"], [], []),
            exported.Path, new() { Replaces = true });
        using var player = DreamAgent.Load(exported.Path);
        Assert.Equal(["left; hard", "up", "on"], player.Info.ActionNames);
    }

    [Fact]
    public void WhatIsNotAWholeExportedFileIsRefusedInOneLine()
    {
        using var folder = new TemporaryDirectory();
        using var exported = new ExportedAgent("dreamer", "vector", choices: false, new() { HasDream = true });
        using var other = new ExportedAgent("dreamerv2", "vector", choices: false, new() { HasDream = true });
        var bytes = File.ReadAllBytes(exported.Path);

        Refused([], "is no ONNX file");
        Refused("not a graph at all"u8.ToArray(), "is no ONNX file");
        Refused(bytes[..^5], "is no ONNX file");
        Refused(bytes[..^(bytes.Length - OnnxParts.MetadataAt(bytes))], "without the metadata that `reverie export` writes");
        Refused([.. bytes[..1000], (byte)(bytes[1000] ^ 1), .. bytes[1001..]], "has a wrong checksum: it was damaged or changed");
        Refused(OnnxParts.Replaced(bytes, "reverie", "1", "2"),
            "was made by a newer version (2, this one reads 1): take a newer package Reverie.Runtime");
        Refused(OnnxParts.Replaced(bytes, "vector", "3", "4"), "its graph has 3 entries of 'vector', its metadata say 4");
        Refused(OnnxParts.Replaced(bytes, "masked", "0", "1"), "its graph has 0 entries of 'mask', its metadata say 3");
        Refused(OnnxParts.Replaced(bytes, "groups", "-3", "10"), "its groups have 10 entries, its actions 3");
        Refused(OnnxParts.Replaced(bytes, "groups", "-3", "-2147483648"), "a group of -2147483648 is none of actions");
        Refused(OnnxParts.Replaced(bytes, "groups", "-3", "-268435456,-1"), "a group of -1 is none of actions");
        Refused(OnnxParts.Replaced(bytes, "picture", "", "65536,65536,3"), "its picture is too large");
        Refused(OnnxParts.Replaced(bytes, "picture", "", "0,64,3"), "'0' is no size of a picture");
        Refused(OnnxParts.Replaced(bytes, "action_low", "", "-1,-1"), "has 2 lows of 3 entries of an action");
        using var drawing = new ExportedAgent("dreamer", "pixels", choices: false, new() { HasNoise = true });
        using var session = new InferenceSession(drawing.Path);
        var (drawn, random) = (File.ReadAllBytes(drawing.Path), session.ModelMetadata.CustomMetadataMap["random"]);
        Refused(OnnxParts.Replaced(drawn, "picture", "64,64,3", "32,64,6"),
            "its graph has 64 × 64 × 3 entries of 'image', its metadata say 32 × 64 × 6");
        foreach (var name in new[] { "noisy", "image" })
            Refused(OnnxParts.Replaced(drawn, "random", random, $"{name}:normal"),
                $"'random' names '{name}', which its graph does not take");
        Refused(File.ReadAllBytes(exported.Files[1]), "holds the graph 'dream' where 'act' is needed");

        var missing = Assert.Throws<FileNotFoundException>(() => DreamAgent.Load(Path.Combine(folder.Path, "none.onnx")));
        Assert.EndsWith("none.onnx: there is no such file", missing.Message);
        var strange = Assert.Throws<InvalidDataException>(() => DreamAgent.Load(bytes, File.ReadAllBytes(other.Files[1])));
        Assert.Equal("the dream: belongs to another agent; export all files of an agent together", strange.Message);

        using var planning = new ExportedAgent("planet", "vector", choices: false);
        var alone = Assert.Throws<InvalidDataException>(() => DreamAgent.Load(File.ReadAllBytes(planning.Path)));
        Assert.Contains(".plan.onnx, which is missing", alone.Message);
        using var plan = new InferenceSession(planning.Files[1]);
        foreach (var (key, by, reason) in new[]
        {
            ("horizon", "99", "its graph plans other than 99 decisions of 3 entries, which its metadata say"),
            ("candidates", "99999999", "its planner has more candidates than can be held"),
        })
            Assert.Equal($"the plan: {reason}", Assert.Throws<InvalidDataException>(() => DreamAgent.Load(
                File.ReadAllBytes(planning.Path), plan: OnnxParts.Replaced(File.ReadAllBytes(planning.Files[1]), key,
                    plan.ModelMetadata.CustomMetadataMap[key], by))).Message);

        void Refused(byte[] content, string reason)
        {
            var path = Path.Combine(folder.Path, "agent.onnx");
            File.WriteAllBytes(path, content);
            var fault = Assert.Throws<InvalidDataException>(() => DreamAgent.Load(path).Dispose());
            Assert.StartsWith(path + ": ", fault.Message);
            Assert.Contains(reason, fault.Message);
            Assert.DoesNotContain('\n', fault.Message);
        }
    }

    [GeneratedRegex("<!-- operators -->(.*?)<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex OperatorList();
}
