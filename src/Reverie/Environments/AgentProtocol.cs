namespace Reverie.Environments;

/// <summary>How a paper's agent met a task.</summary>
/// <param name="Agent">As the paper calls it.</param>
/// <param name="ActionRepeat">Environment steps per decision.</param>
/// <param name="Camera">Camera of the pictures.</param>
/// <param name="Source">Where that stands.</param>
public sealed record AgentProtocol(string Agent, int ActionRepeat, int Camera, string Source);
