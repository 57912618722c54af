namespace Reverie.Configuration;

/// <summary>Refuses a configuration in one line that names the key and where its value came from.</summary>
/// <param name="holds">What must be so.</param>
/// <param name="key">The key that is blamed where it is not, <c>model.dynamics</c>.</param>
/// <param name="complaint">What is wrong with it, and what to do.</param>
public delegate void ConfigDemand(bool holds, string key, string complaint);
