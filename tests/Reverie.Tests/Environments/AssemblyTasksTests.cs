using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Environments;

/// <summary>Environments in somebody's class library: the two samples, and what can be wrong with a file.</summary>
public sealed class AssemblyTasksTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reverie-assembly").FullName;

    public AssemblyTasksTests() => AssemblyTasks.Register();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("Orchard", "Orchard.AppleOrchard", "Image[64, 64, 3]", "Discrete[4]")]
    [InlineData("Docking", "Docking.DockingCraft", "Image[64, 64, 3] and Box[4]", "Box[2]")]
    [InlineData("Harbour", "Harbour.Tugboat", "Image[64, 64, 3] and Box[4]", "Discrete[5, masked] and Discrete[3, masked]")]
    [InlineData("Harbour", "Harbour.Crane", "Image[64, 64, 3]", "Discrete[4, masked] and Discrete[2]")]
    [InlineData("Harbour", "Harbour.BlindCrane", "Image[64, 64, 3]", "Discrete[4] and Discrete[2]")]
    public void TheSamplesAreSound(string sample, string type, string shown, string taken)
    {
        var task = $"{Sample(sample)}:{type}";
        var seen = EnvironmentChecker.Examine(task, new EnvironmentConfig(), steps: 600);
        Assert.Empty(seen.Findings);
        Assert.Equal((shown, taken), ($"{seen.ObservationSpace}", $"{seen.ActionSpace}"));
        Assert.InRange(seen.Measured!.Episodes, 2, 600);
        Assert.StartsWith($"{sample}.dll sha256:", EnvironmentRegistry.Find(task).Origin);
        Assert.DoesNotContain(".dll", EnvironmentRegistry.Find(task).Title);
    }

    [Fact]
    public void ItHasAContextOfItsOwnButOurContracts()
    {
        var type = EnvironmentAssembly.Of(Sample("Orchard")).Find("AppleOrchard");
        Assert.DoesNotContain(type.Assembly, AssemblyLoadContext.Default.Assemblies);
        Assert.True(type.IsAssignableTo(typeof(IEnvironment)));
    }

    [Fact]
    public void ANameIsSettledToTheWholePathAndTheWholeType()
    {
        var (path, near) = (Sample("Orchard"), Path.GetRelativePath(Environment.CurrentDirectory, Sample("Orchard")));
        Assert.Equal($"{path}:Orchard.AppleOrchard", AssemblyTasks.Settled(near));
        Assert.Equal($"{path}:Orchard.AppleOrchard", AssemblyTasks.Settled($"{near}:AppleOrchard"));
        Assert.Equal("cartpole_swingup", AssemblyTasks.Settled("cartpole_swingup"));
        Assert.Equal("AppleOrchard", AssemblyTasks.ShortName($"{near}:Orchard.AppleOrchard"));
    }

    [Fact]
    public void AFileThatMovedIsFoundInTheFoldersOfTheVariable()
    {
        File.Copy(Sample("Docking"), Path.Combine(folder, "Docking.dll"));
        var gone = Path.Combine(folder, "away", "Docking.dll") + ":DockingCraft";
        Told(gone, "there is no file", AssemblyTasks.FoldersVariable, "dotnet build");
        Environment.SetEnvironmentVariable(AssemblyTasks.FoldersVariable, $"/nowhere:{folder}");
        try
        {
            Assert.Equal(200, EnvironmentRegistry.Find(gone).EpisodeSteps);
        }
        finally
        {
            Environment.SetEnvironmentVariable(AssemblyTasks.FoldersVariable, null);
        }
    }

    [Fact]
    public void WhatIsWrongWithAFileIsToldInALine()
    {
        var text = Path.Combine(folder, "text.dll");
        File.WriteAllText(text, "no assembly");
        Told($"{text}:X", "no .NET assembly");
        Told($"{Sample("Orchard")}:Orchard.Pear", "no environment in it is called Orchard.Pear",
            "Orchard.AppleOrchard");
        Told(typeof(Xunit.Assert).Assembly.Location, "does not use Reverie");
        Told(Patched("newer.dll", later: true), "is built for .NETCoreApp 99.0", "<TargetFramework>net10.0<");
        Told(Patched("other.dll", later: false), "built against Reverie 7.", "build it again");
    }

    [Fact]
    public void ConstructorsAreTriedInTheirOrderAndTheirFaultsTold()
    {
        var path = Path.Combine(folder, "Made.dll");
        Make(path);
        Told(path, "say which", "Made.Needy, Made.Throws");
        Told($"{path}:Made.Needy", "none of the public constructors", "(int seed)");
        Told($"{path}:Throws", "InvalidOperationException at making it: no licence");
        EnvironmentConfig config = new() { TimeLimit = 9 };
        var made = EnvironmentConstructor.Of(typeof(Full))(config, 5);
        Assert.Equal((config, 5), ((Full)made).Given);
        Assert.Equal(6, ((Seeded)EnvironmentConstructor.Of(typeof(Seeded))(config, 6)).Seed);
        Assert.IsType<StepCounter>(EnvironmentConstructor.Of(typeof(StepCounter))(config, 7));
    }

    private static string Sample(string name) =>
        Path.Combine(SetupSandbox.Checkout, $"samples/{name}/bin/Release/net10.0/{name}.dll");

    private static void Told(string task, params string[] words)
    {
        var message = Assert.ThrowsAny<ReverieException>(() => EnvironmentRegistry.Find(task)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(words, word => Assert.Contains(word, message));
    }

    // A sample as a later compiler would have made it, or one against another Reverie.
    private string Patched(string name, bool later)
    {
        var bytes = File.ReadAllBytes(Sample("Orchard"));
        if (later)
            "99"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(".NETCoreApp,Version=v"u8) + 21));
        else
        {
            using var file = new PEReader(new MemoryStream(bytes));
            var metadata = file.GetMetadataReader();
            var row = metadata.AssemblyReferences.ToList().FindIndex(
                handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name) == "Reverie");
            var table = file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef);
            bytes[table + row * metadata.GetTableRowSize(TableIndex.AssemblyRef)] = 7;
        }
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    // Two classes: one wants an environment to be made, the other throws.
    private static void Make(string path)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Made"), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule("Made");
        var parent = typeof(EnvironmentWrapper).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance)[0];
        foreach (var (name, takes) in new[] { ("Needy", new[] { typeof(IEnvironment) }), ("Throws", []) })
        {
            var type = module.DefineType($"Made.{name}", TypeAttributes.Public, typeof(EnvironmentWrapper));
            var code = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, takes)
                .GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldnull);
            code.Emit(OpCodes.Call, parent);
            code.Emit(OpCodes.Ldstr, "no licence");
            code.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
            code.Emit(OpCodes.Throw);
            type.CreateType();
        }
        assembly.Save(path);
    }

    private sealed class Full(EnvironmentConfig config, int seed) : EnvironmentWrapper(new StepCounter())
    {
        public (EnvironmentConfig, int) Given => (config, seed);
    }

    private sealed class Seeded(int seed) : EnvironmentWrapper(new StepCounter())
    {
        public int Seed => seed;
    }
}
