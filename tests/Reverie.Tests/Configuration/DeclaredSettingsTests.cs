using Reverie.Configuration;
using Reverie.Environments.CarRacing;
using Reverie.Environments.Mujoco;
using Reverie.Tests.Fakes;
using Reverie.Tests.Setup;

namespace Reverie.Tests.Configuration;

/// <summary>Environments declare settings of their own, which are keys like all others.</summary>
public sealed class DeclaredSettingsTests
{
    private static readonly string Docking =
        Path.Combine(SetupSandbox.Checkout, "samples/Docking/bin/Release/net10.0/Docking.dll") + ":DockingCraft";

    [Fact]
    public void WhatIsDeclaredStandsInTheSectionOfEnvironmentsAndInTheFileOfARun()
    {
        var resolved = Resolve("environment.car_look=v3", "environment.quality=fast");
        var yaml = resolved.ToYaml().Split('\n');

        Assert.Equal("v3", resolved.Config.Environment.Of<CarRacingSettings>().CarLook);
        Assert.Equal("fast", resolved.Config.Environment.Of<MujocoSettings>().Quality);
        Assert.InRange(Array.IndexOf(yaml, "  car_look: v3  # --set"), Array.IndexOf(yaml, "environment:"),
            Array.IndexOf(yaml, "replay:"));
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder["config.yaml"], resolved.ToYaml());
        Assert.Equal(resolved.Config, ConfigReader.ReadResolved(folder["config.yaml"]));
    }

    [Fact]
    public void ConfigurationsAreEqualWhereTheseAreAndNeverShareOne()
    {
        var (one, other) = (Resolve("environment.car_look=v3").Config, Resolve("environment.car_look=v3").Config);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, Resolve().Config);
        Assert.Equal(Resolve().Config, new Config());
        var changed = one.Environment.With(new CarRacingSettings { CarFrame = "small" });
        Assert.Equal(("v0", "v3"), (changed.Of<CarRacingSettings>().CarLook, one.Environment.Of<CarRacingSettings>().CarLook));
        Assert.Equal("environment.car_look", Assert.Single(ConfigDifference.Between(one, new Config())).Key);
    }

    [Theory]
    [InlineData("environment.car_look=v2", "--set: environment.car_look = v2, but it must be one of v0, v3")]
    [InlineData("environment.car_looks=v3", "--set: there is no key environment.car_looks; did you mean environment.car_look?")]
    public void WhatDoesNotFitIsRefusedLikeAnyOther(string setting, string message)
    {
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Resolve(setting)).Message);
    }

    [Fact]
    public void ARunGoesOnWhereFewerOrMoreEnvironmentsAre()
    {
        using var folder = new TemporaryDirectory();
        var path = folder["config.yaml"];
        var yaml = Resolve("environment.car_look=v3").ToYaml();
        File.WriteAllText(path, yaml.Replace("  car_look:", "  of_a_task_elsewhere: 3\n  car_look:"));
        Assert.Equal("v3", ConfigReader.ReadResolved(path).Environment.Of<CarRacingSettings>().CarLook);
        File.WriteAllText(path, string.Join('\n', yaml.Split('\n').Where(line => !line.Contains("car_look"))));
        Assert.Equal("v0", ConfigReader.ReadResolved(path).Environment.Of<CarRacingSettings>().CarLook);
        File.WriteAllText(path, string.Join('\n', yaml.Split('\n').Where(line => !line.Contains("action_repeat"))));
        Assert.Contains("environment.action_repeat is missing",
            Assert.Throws<ConfigurationException>(() => ConfigReader.ReadResolved(path)).Message);
    }

    [Fact]
    public void NoTwoDeclareTheSameKey()
    {
        var error = Assert.Throws<ConfigurationException>(Settings.Declare<Clashing>);
        Assert.Equal($"{typeof(Clashing).FullName}: environment.car_look is a setting of {typeof(CarRacingSettings).FullName}; "
            + "give it another name", error.Message);
        Settings.Declare<CarRacingSettings>();
        Assert.Single(Settings.Matching("environment.car_look"));
    }

    [Fact]
    public void AClassLibraryDeclaresSettingsByTheTaskThatIsNamed()
    {
        Reverie.Environments.AssemblyTasks.Register();
        var resolved = Resolve($"task={Docking}", "environment.docking_craft_side=3");
        Assert.Contains("  docking_craft_side: 3  # --set", resolved.ToYaml());
        Assert.StartsWith("--set: environment.docking_craft_side = 30, but it must be a whole number from 1 to 20",
            Assert.Throws<ConfigurationException>(() => Resolve($"task={Docking}", "environment.docking_craft_side=30")).Message);
    }

    [Fact]
    public void ALibraryLoadedFromTwoFilesDeclaresOnceAndBothReadWhatIsSet()
    {
        Reverie.Environments.AssemblyTasks.Register();
        using var folder = new TemporaryDirectory();
        File.Copy(Docking.Split(':')[0], folder["Docking.dll"]);
        Resolve($"task={Docking}");
        var config = Resolve($"task={folder["Docking.dll"]}:DockingCraft", "environment.docking_craft_side=3").Config;

        Type[] both = [Record(Docking.Split(':')[0]), Record(folder["Docking.dll"])];
        Assert.NotEqual(both[0], both[1]);
        Assert.Equal([3, 3], both.Select(kind => Side(config, kind)));
        Assert.Single(Settings.Matching("environment.docking_craft_side"));
        Assert.Equal([5, 5], both.Select(kind => Side(Resolve().Config, kind)));

        static Type Record(string file) =>
            Reverie.Environments.EnvironmentAssembly.Of(file).Find("DockingCraft").Assembly.GetType("Docking.DockingSettings")!;
        static object? Side(Config config, Type kind) =>
            kind.GetProperty("DockingCraftSide")!.GetValue(config.Environment.Own.Of(kind));
    }

    [Fact]
    public void EveryKeyOfTheLibrarysPresetsIsOne()
    {
        foreach (var preset in Presets.Names)
            Assert.All(YamlValues.Read(Presets.Text(preset), preset), value =>
                Assert.NotEmpty(Settings.Matching(value.Key)));
    }

    private static ResolvedConfig Resolve(params string[] settings) =>
        ConfigReader.Resolve(new ConfigSources { Overrides = [.. settings.Select(ConfigOverride.Parse)] });

    private sealed record Clashing
    {
        [Setting("as car racing's")]
        public string CarLook { get; init; } = "v0";
    }
}
