namespace Reverie.Dreams;

/// <summary>The environment beside a dream.</summary>
/// <param name="Picture">What it shows, in the colours that the model works with, uint8 (H, W, C).</param>
/// <param name="Error">Root mean square of the dream's difference from it, in levels of 255.</param>
/// <param name="Reward">On the way here, on the scale that the model predicts.</param>
/// <param name="Return">Sum since the reset.</param>
/// <param name="IsLast">Whether the episode ends here.</param>
public sealed record RealFrame(byte[] Picture, double Error, double Reward, double Return, bool IsLast);
