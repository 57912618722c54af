using Reverie.Configuration;
using Reverie.Dreams;
using Reverie.Environments;
using Reverie.Tests.Fakes;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Training;

namespace Reverie.Tests.Training;

/// <summary>What docs/library.md says of threads: what may be called from several of them comes to what it comes to on
/// one.</summary>
public sealed class ThreadTests : IDisposable
{
    private const int Threads = 4;
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void RunsInOneProcessDoNotKnowOfEachOther()
    {
        BarEnvironment.Register();
        for (var n = 0; n < 2; n++)
            TinyRun.Complete(folder[$"alone{n}"], $"seed={n}");
        AtOnce(2, n => TinyRun.Complete(folder[$"beside{n}"], $"seed={n}"));
        for (var n = 0; n < 2; n++)
            Assert.Equal(RunContent.Of(folder[$"alone{n}"]), RunContent.Of(folder[$"beside{n}"]));
    }

    [Fact]
    public void ARunAtWorkMayBeRead()
    {
        BarEnvironment.Register();
        using var done = new ManualResetEventSlim();
        var read = new List<long>();
        AtOnce(2, n =>
        {
            if (n == 0)
            {
                TinyRun.Complete(folder["run"], "training.keep_checkpoints=20");
                done.Set();
                return;
            }
            for (var last = false; !last;)
            {
                last = done.IsSet;
                if (!last && !HasCheckpoint(folder["run/checkpoints"])) continue;
                using var model = DreamModel.Open(folder["run"]);
                read.Add(model.Counters.Updates);
            }
        });
        Assert.Equal(read.Order(), read);
        Assert.True(read[^1] > 0);
    }

    [Fact]
    public void ScopesOfThreadsOwnTheirOwnTensors()
    {
        var before = Tensor.LiveCount;
        var sums = new double[Threads];
        AtOnce(Threads, n =>
        {
            for (var i = 0; i < 50; i++)
            {
                using var scope = new TensorScope();
                using var noGrad = new NoGrad();
                sums[n] += (Tensor.Ones([8, 8]) * n).Sum().Item();
            }
        });
        Assert.Equal([.. Enumerable.Range(0, Threads).Select(n => 50.0 * 64 * n)], sums);
        Assert.Equal(before, Tensor.LiveCount);
    }

    [Fact]
    public void OneModuleIsAskedBySeveralThreads()
    {
        using var random = new Generator(Device.Cpu, 3);
        using var layer = Made(random);
        float[] Answer(int n)
        {
            using var scope = new TensorScope();
            using var noGrad = new NoGrad();
            return layer.Forward(Tensor.Ones([2, 12]) * (n + 1)).ToArray<float>();
        }
        var alone = Enumerable.Range(0, Threads).Select(Answer).ToArray();
        var beside = new float[Threads][];
        AtOnce(Threads, n =>
        {
            for (var i = 0; i < 50; i++)
                beside[n] = Answer(n);
        });
        Assert.Equal(alone, beside);
    }

    [Fact]
    public void SettingsAndTasksAreAskedForAndMadeKnownAtOnce()
    {
        BarEnvironment.Register();
        AtOnce(Threads, n =>
        {
            for (var i = 0; i < 20; i++)
            {
                var task = $"bar_{n}_{i}";
                EnvironmentRegistry.Register(EnvironmentRegistry.Find(BarEnvironment.Task) with { Task = task },
                    (_, _) => new BarEnvironment());
                var config = TinyRun.Configuration($"seed={n}", $"task={task}").Config;
                Assert.Equal((n, task), (config.Seed, EnvironmentRegistry.Find(config.Task).Task));
                using var environment = EnvironmentRegistry.Make(task, config.Environment, config.Seed);
                Assert.True(environment.Reset().IsFirst);
            }
        });
    }

    // One that is being written has another name.
    private static bool HasCheckpoint(string path) => Directory.Exists(path)
        && Directory.GetDirectories(path).Any(name => Path.GetFileName(name).All(char.IsAsciiDigit));

    private static Linear Made(Generator random)
    {
        using var scope = new TensorScope();
        return new Linear(12, 5, new Initializer(Device.Cpu, random));
    }

    // Each on a thread of its own; what one throws is thrown here.
    private static void AtOnce(int count, Action<int> work)
    {
        using var all = new Barrier(count);
        var faults = new Exception?[count];
        var threads = Enumerable.Range(0, count).Select(n => new Thread(() =>
        {
            all.SignalAndWait();
            faults[n] = Record.Exception(() => work(n));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(faults, Assert.Null);
    }
}
