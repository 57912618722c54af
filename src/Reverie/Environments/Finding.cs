namespace Reverie.Environments;

/// <summary>Something <see cref="EnvironmentChecker"/> found.</summary>
/// <param name="IsError">True where learning would go wrong; false for what may be meant so.</param>
/// <param name="What">One line: what, and where.</param>
public sealed record Finding(bool IsError, string What);
