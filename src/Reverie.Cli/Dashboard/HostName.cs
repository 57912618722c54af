using System.Globalization;
using System.Net;

namespace Reverie.Cli.Dashboard;

/// <summary>What a request says it was sent to.</summary>
/// <param name="Name">Name or address, without brackets; null where the header is none.</param>
internal readonly record struct HostName(string? Name)
{
    /// <summary>Reads a Host header: a name or an address, and a port that there can be.</summary>
    public static HostName Of(string header)
    {
        // In brackets an address of version 6, which has colons of its own.
        var end = header.StartsWith('[') ? header.IndexOf(']', StringComparison.Ordinal) + 1
            : header.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? colon : header.Length;
        var (name, port) = (header[..end], header[end..]);
        if (port.Length > 0 && !(port[0] == ':' && IsPort(port[1..])))
            return default;
        var isBracketed = name is ['[', .., ']'];
        var bare = isBracketed ? name[1..^1] : name;
        return bare.Length > 0 && isBracketed == (IPAddress.TryParse(bare, out _) && bare.Contains(':'))
            ? new(bare)
            : default;
    }

    /// <summary>Whether a dashboard is meant by it.</summary>
    public bool IsOf(DashboardOptions options) => Name is { } name
        && (IPAddress.TryParse(name, out var address)
            ? !options.IsLocal || IPAddress.IsLoopback(address)
            : Same(name, "localhost") || Same(name, options.Host)
                || (!options.IsLocal && Same(name, Environment.MachineName)));

    private static bool IsPort(string word) =>
        ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
