using Microsoft.Extensions.Logging;

namespace Reverie;

/// <summary>Lines to a logger, as they are: braces in them are no places to be filled.</summary>
internal static class Lines
{
    /// <summary>How the work goes.</summary>
    public static void Say(this ILogger logger, string line) => Log(logger, LogLevel.Information, line);

    /// <summary>What went wrong and was got over, or will not come to what was wished.</summary>
    public static void Warn(this ILogger logger, string line) => Log(logger, LogLevel.Warning, line);

    private static void Log(ILogger logger, LogLevel level, string line) =>
        logger.Log(level, default, line, null, static (line, _) => line);
}
