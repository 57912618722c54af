using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Capture;

namespace Reverie.Tests.Torch.Capture;

/// <summary>Work that is recorded: a sum that grows by noise times what comes in.</summary>
public sealed class CapturedWorkTests : IDisposable
{
    private readonly List<string> told = [];
    private readonly Tensor sum;
    private int replays;

    public CapturedWorkTests()
    {
        using var scope = new TensorScope();
        sum = Tensor.Zeros([3]).Keep();
    }

    public void Dispose() => sum.Dispose();

    [Fact]
    public void ReplaysComeToWhatTheWorkComesTo()
    {
        using var captured = new CapturedWork("summing", () => Graph(), new LineLogger(told.Add));
        var recorded = Sums(captured, Grow);
        Assert.Equal(recorded.Length - CapturedWork.WarmUps, replays);
        Assert.Equal(Sums(new CapturedWork("summing", Device.Cpu, told.Add), Grow), recorded);
        Assert.True(captured.IsCaptured);
        Assert.Empty(told);
    }

    [Fact]
    public void FrozenNumbersAreNoticedAndTheWorkGoesOnAsWritten()
    {
        using var captured = new CapturedWork("summing", () => Graph(frozen: true), new LineLogger(told.Add));
        Assert.Equal(Sums(new CapturedWork("summing", Device.Cpu, told.Add), Grow), Sums(captured, Grow));
        Assert.False(captured.IsCaptured);
        Assert.Equal(["summing goes without a CUDA graph: recorded, it comes to other numbers than as written"], told);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("written")]
    [InlineData("drawn")]
    public void NumbersOfTheHostCannotBeRecorded(string how)
    {
        Tensor[] Reads(Tensor[] inputs, Generator noise)
        {
            switch (how)
            {
                case "read": inputs[0].Sum().Item(); break;
                case "written": Tensor.FromArray([1f], [1]); break;
                default: using (new Generator(Device.Cpu, 1)) break;
            }
            return Grow(inputs, noise);
        }
        using var captured = new CapturedWork("summing", () => Graph(), new LineLogger(told.Add));
        Assert.Equal(Sums(new CapturedWork("summing", Device.Cpu, told.Add), Grow), Sums(captured, Reads));
        Assert.EndsWith("moves numbers between the host and the device, which a graph cannot", Assert.Single(told));
    }

    [Fact]
    public void EveryShapeAndKindIsRecordedForItselfUntilThereAreTooMany()
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 1);
        using var captured = new CapturedWork("doubling", () => Graph(), new LineLogger(told.Add));
        for (var kind = 0; kind <= CapturedWork.MostKinds; kind++)
        {
            Assert.True(captured.IsCaptured);
            for (var time = 0; time < 6; time++)
                Assert.Equal(2 * time, captured.Run($"{kind % 2}", [Tensor.Full([1 + kind], time)], [], noise,
                    (inputs, _) => [inputs[0] * 2])[0].Mean().Item());
        }
        Assert.Contains("more than 8 kinds", Assert.Single(told));
    }

    [Fact]
    public void WithoutCudaTheWorkIsDoneAsWrittenAndNothingIsSaid()
    {
        using var captured = new CapturedWork("summing", Device.Cpu, told.Add);
        Assert.False(captured.IsCaptured);
        Assert.Empty(told);
    }

    private RepeatedGraph Graph(bool frozen = false) => new(() => [sum], () => replays++) { Frozen = frozen };

    private Tensor[] Grow(Tensor[] inputs, Generator noise)
    {
        sum.Add_(Tensor.Randn([3], noise) * inputs[0]);
        return [sum.Sum(), inputs[0] + 1];
    }

    // Of seven times, each with noise of its own that goes on from the last.
    private float[] Sums(CapturedWork captured, Func<Tensor[], Generator, Tensor[]> work)
    {
        using var scope = new TensorScope();
        using var noise = new Generator(Device.Cpu, 5);
        sum.Fill_(0);
        return [.. Enumerable.Range(0, 7).SelectMany(time =>
        {
            var result = captured.Run("one", [Tensor.Full([3], time)], [sum], noise, work);
            Assert.Equal(time + 1, result[1].Mean().Item());
            return result[0].Reshape(1).ToArray<float>();
        })];
    }
}
