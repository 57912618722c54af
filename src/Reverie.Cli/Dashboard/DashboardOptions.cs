using System.Net;

namespace Reverie.Cli.Dashboard;

/// <summary>What is shown, and to whom.</summary>
internal sealed record DashboardOptions
{
    /// <summary>Folder with runs in it, or one run.</summary>
    public required string Folder { get; init; }

    /// <summary>Where to listen: <c>localhost</c>, an address, or <c>*</c>.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Port; 0 is any that is free.</summary>
    public int Port { get; init; }

    /// <summary>What requests have to know; null where nothing is asked.</summary>
    public AccessToken? Token { get; init; }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLocal => Host == "localhost"
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));
}
