using System.Runtime.CompilerServices;
using Reverie.Configuration;
using Reverie.Environments.CarRacing;
using Reverie.Environments.Mujoco;

namespace Reverie.Tests.Setup;

/// <summary>The keys that this program's environments declare are there from the first test on, as they are in it.</summary>
internal static class OwnSettingsOfTasks
{
    [ModuleInitializer]
    internal static void Declare()
    {
        Settings.Declare<MujocoSettings>();
        Settings.Declare<CarRacingSettings>();
    }
}
