using System.Diagnostics;
using System.Runtime.InteropServices;
using Reverie.Cli.Display;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Box2D;
using Reverie.Environments.Mujoco;
using Reverie.Torch;
using Reverie.Torch.Capture;
using Reverie.Torch.Native;

namespace Reverie.Cli.Doctor;

/// <summary>Everything a run needs, looked at one by one.</summary>
internal static class Checks
{
    private const string PictureTask = "cartpole_swingup";
    private const long LeastMemory = 6_000_000_000, LeastDisk = 5_000_000_000;
    private const double LeastGflops = 8; // a core: the reference BLAS does 1 to 3, any tuned one tens
    private const string Rebuild =
        "run ./reverie of the checkout or archive, which builds it, or point REVERIE_NATIVE at its folder";

    /// <summary>Runs all checks, in the order in which a remedy helps.</summary>
    public static IEnumerable<Finding> All()
    {
        yield return Finding.Of(".NET", "install the .NET 10 SDK",
            () => (Environment.Version.Major >= 10, RuntimeInformation.FrameworkDescription));
        yield return Finding.Of("processor", "",
            () => (true, $"{Machine.Processor ?? "unknown"}, {Environment.ProcessorCount} cores"));
        yield return Finding.Of("instructions", "", () => (true, Instructions()));
        yield return Finding.Of("bf16", "",
            () => (true, Processor.LikesBFloat16 ? "faster than fp32; used where precision is auto" : "not here; fp32 is used"));
        yield return Finding.Of("memory", "close other programs, or train with --preset planet,tiny",
            () => (Machine.AvailableMemory >= LeastMemory, $"{Words.Gigabytes(Machine.AvailableMemory)} available"));
        yield return Finding.Of("disk", "make room, or put runs elsewhere with --run",
            () => (Machine.FreeDisk(".") >= LeastDisk, $"{Words.Gigabytes(Machine.FreeDisk("."))} free here"));
        yield return Finding.Of("native part for libtorch", Rebuild, () => Found("reverie_torch"));
        yield return Finding.Of("libtorch",
            "apt-get install libtorch-dev, or ./reverie --torch FOLDER for another one", Tensors);
        yield return Finding.Of("threads", "", () => (true, $"{Torch.Torch.Threads} per operator"));
        yield return Finding.Of("matrix products",
            "apt-get install libopenblas0-openmp: libtorch calls a slow BLAS", Products);
        yield return Finding.Of("CUDA", "",
            () => (true, Device.CudaCount is > 0 and var n
                ? $"{n} device(s), {CapturedWork.Lack(Device.Cuda()) ?? "with graphs"}" : "not here; the processor is used"));
        yield return Finding.Of("native part for MuJoCo", Rebuild, () => Found("reverie_mujoco"));
        yield return Finding.Of("MuJoCo", "apt-get install libmujoco-dev",
            () => (Physics.LibraryVersion >= 222, string.Join('.', Physics.LibraryVersion.ToString().ToArray())));
        yield return Finding.Of("native part for Box2D", Rebuild, () => Found("reverie_box2d"));
        yield return Finding.Of("Box2D", "apt-get install libbox2d-dev", Worlds);
        yield return Finding.Of("OpenGL", "apt-get install libosmesa6",
            () => (true, OpenGl.Describe(OpenGlKind.Auto).ToString()));
        yield return Finding.Of("pictures", "apt-get install libosmesa6", Picture);
    }

    private static (bool, string) Found(string library) =>
        NativeLibraries.Find(library) is { } path
            ? (true, path)
            : (false, $"lib{library}.so is in none of {string.Join(", ", NativeLibraries.Folders())}");

    private static string Instructions()
    {
        var (used, has) = (Processor.NameOf(Processor.InForce), Processor.NameOf(Processor.Has));
        return used == has ? used : $"{used} by {Processor.Variable}; the processor has {has}";
    }

    private static (bool, string) Worlds()
    {
        var version = World.LibraryVersion;
        return (version >= 20400, $"{version / 10000}.{version / 100 % 100}.{version % 100}");
    }

    private static (bool, string) Tensors()
    {
        using var scope = new TensorScope();
        var sum = (Tensor.Ones([2, 3]) + Tensor.Ones([2, 3])).Sum().Item();
        return (sum == 12, Torch.Torch.Version + (sum == 12 ? "" : $", but twelve ones make {sum}"));
    }

    private static (bool, string) Products()
    {
        const int size = 768, repeats = 4;
        using var scope = new TensorScope();
        var matrix = Tensor.Ones([size, size]);
        matrix.Matmul(matrix);
        // Processor time, since a busy machine has no slower BLAS.
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < repeats; i++)
            matrix.Matmul(matrix);
        var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        var gflops = 2.0 * size * size * size * repeats / seconds / 1e9;
        return (gflops >= LeastGflops, $"{gflops:0} GFLOP/s a core in fp32");
    }

    private static (bool, string) Picture()
    {
        using var environment = EnvironmentRegistry.Make(PictureTask, new EnvironmentConfig(), seed: 0);
        var action = new float[EnvironmentRegistry.Find(PictureTask).ActionSize];
        environment.Reset(0);
        environment.Step(action);
        var clock = Stopwatch.StartNew();
        var picture = environment.Step(action).Image;
        var colours = picture.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2])).Distinct().Count();
        return colours > 8
            ? (true, $"{PictureTask}, {colours} colours, {clock.Elapsed.TotalMilliseconds:0.0} ms a step")
            : (false, $"a picture of {PictureTask} has {colours} colours only");
    }
}
