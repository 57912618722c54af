using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.CarRacing;
using Reverie.Environments.Mujoco;
using Reverie.Runs;
using Reverie.Tests.Fakes;
using Reverie.Torch;

namespace Reverie.Tests.Telling;

/// <summary>What goes wrong comes as the kind that it is of.</summary>
public sealed class ErrorKindTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model.nothing=1")]
    [InlineData("model.deter=many")]
    [InlineData("model.deter=-3")]
    [InlineData("task=nowhere")]
    public void SettingsThatDoNotStand(string set) => Is<ConfigurationException>(() =>
        EnvironmentRegistry.Find(ConfigReader.Resolve(new ConfigSources { Overrides = [ConfigOverride.Parse(set)] }).Config.Task));

    [Fact]
    public void APresetThatIsNone() =>
        Is<ConfigurationException>(() => ConfigReader.Resolve(new ConfigSources { Presets = ["nothing"] }));

    [Fact]
    public void ADeviceThatIsNotHere() =>
        Is<ConfigurationException>(() => Compute.Prepare(new ComputeConfig { Device = "cuda:99" }));

    [Fact]
    public void ACheckpointThatIsNotThere() =>
        Is<DataException>(() => Checkpoint.LoadModules(folder["none"], "controller.world", new Dictionary<string, Reverie.Torch.Nn.Module>()));

    [Fact]
    public void AFolderThatIsNoRun() => Is<DataException>(() => Reverie.Dreams.DreamModel.Open(folder.Path));

    [Fact]
    public void AnEnvironmentThatThrows()
    {
        using var environment = new CheckedEnvironment(new Broken(), "broken");
        Assert.Contains("broken threw TimeZoneNotFoundException", Is<EnvironmentException>(() => environment.Reset()));
    }

    [Fact]
    public void AWrongUseOfTensorsIsOfTheNativePart()
    {
        var fault = Assert.ThrowsAny<NativeException>(() => Tensor.Zeros([2]));    // without a scope
        Assert.IsType<TorchException>(fault);
    }

    [Fact]
    public void AModelThatMuJoCoDoesNotUnderstand() => Is<NativeException>(() => new Physics("<mujoco><nothing/></mujoco>"));

    [Fact]
    public void ADriveThatIsNotFinite()
    {
        using var race = new Race(Track.Draw(new Pcg64(1)));
        Is<NotFiniteException>(() => race.Step(float.NaN, 0, 0));
    }

    private static string Is<T>(Action act) where T : ReverieException => Assert.Throws<T>(act).Message;

    private static string Is<T>(Func<object?> act) where T : ReverieException => Assert.Throws<T>(act).Message;

    private sealed class Broken : IEnvironment
    {
        public Space ObservationSpace => BoxSpace.Uniform(1, -1, 1);

        public Space ActionSpace => BoxSpace.Uniform(1, -1, 1);

        public TimeStep Reset(int? seed = null) => throw new TimeZoneNotFoundException("nowhere");

        public TimeStep Step(ReadOnlySpan<float> action) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
