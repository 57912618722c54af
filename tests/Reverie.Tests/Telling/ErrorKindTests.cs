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
    public void Settings_that_do_not_stand(string set) => Is<ConfigurationException>(() =>
        EnvironmentRegistry.Find(ConfigReader.Resolve(new ConfigSources { Overrides = [ConfigOverride.Parse(set)] }).Config.Task));

    [Fact]
    public void A_preset_that_is_none() =>
        Is<ConfigurationException>(() => ConfigReader.Resolve(new ConfigSources { Presets = ["nothing"] }));

    [Fact]
    public void A_device_that_is_not_here() =>
        Is<ConfigurationException>(() => Compute.Prepare(new ComputeConfig { Device = "cuda:99" }));

    [Fact]
    public void A_checkpoint_that_is_not_there() =>
        Is<DataException>(() => Checkpoint.LoadModules(folder["none"], "controller.world", new Dictionary<string, Reverie.Torch.Nn.Module>()));

    [Fact]
    public void A_folder_that_is_no_run() => Is<DataException>(() => Reverie.Dreams.DreamModel.Open(folder.Path));

    [Fact]
    public void An_environment_that_throws()
    {
        using var environment = new CheckedEnvironment(new Broken(), "broken");
        Assert.Contains("broken threw TimeZoneNotFoundException", Is<EnvironmentException>(() => environment.Reset()));
    }

    [Fact]
    public void A_wrong_use_of_tensors_is_of_the_native_part()
    {
        var fault = Assert.ThrowsAny<NativeException>(() => Tensor.Zeros([2]));    // without a scope
        Assert.IsType<TorchException>(fault);
    }

    [Fact]
    public void A_model_that_MuJoCo_does_not_understand() => Is<NativeException>(() => new Physics("<mujoco><nothing/></mujoco>"));

    [Fact]
    public void A_drive_that_is_not_finite()
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
