namespace Reverie.Curves;

/// <summary>What a learning curve is drawn over.</summary>
public enum CurveAxis
{
    /// <summary>Steps of the simulator, action repeats counted.</summary>
    EnvSteps,

    /// <summary>Gradient updates.</summary>
    Updates,

    /// <summary>Training episodes.</summary>
    Episodes,

    /// <summary>Hours of wall clock.</summary>
    Hours,
}
