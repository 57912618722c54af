using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reverie.Cli.Dashboard.Endpoints;
using Reverie.Cli.Dashboard.Play;
using Reverie.Cli.Dashboard.Runs;

namespace Reverie.Cli.Dashboard;

/// <summary>
/// The server behind the page. It reads run directories and keeps nothing; a run never knows that it is watched.
/// </summary>
/// <remarks>A group of requests is a class in <c>Endpoints/</c> with a <c>Map</c>, named in <see cref="Start"/>; a
/// page is a module in <c>Page/pages/</c>, named in <c>Page/app.js</c>.</remarks>
internal sealed class DashboardServer : IDisposable
{
    // A page of Chromium opens six and keeps one for what is live.
    private const int MostConnections = 1024, MostSockets = 32;

    private readonly WebApplication app;

    private DashboardServer(WebApplication app, string address) => (this.app, Address) = (app, address);

    /// <summary>What to open in a browser, token included.</summary>
    public string Address { get; }

    /// <summary>Begins to serve.</summary>
    /// <param name="options">What, and to whom.</param>
    /// <exception cref="ReverieException">The address is none, or taken.</exception>
    public static DashboardServer Start(DashboardOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services.AddRoutingCore();
        // What a request says of itself and cannot be read is told as all else is.
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        // Ctrl-C is the command line's to hear; a page that is still open does not hold the end up.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        app.Use(next => new RequestGuard(options, next).InvokeAsync);
        app.Use(next => context => Tell(context, next));
        app.Use(next => context => Head(context, next));
        app.UseRouting();
        app.UseWebSockets();

        Map(app, new RunCatalog(new RunsFolder(options.Folder)));
        try
        {
            app.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            throw new ReverieException($"cannot listen at {options.Host}, port {options.Port}: "
                + fault.Message.TrimEnd('.') + (options.Port == 0 ? "" : "; --port 0 takes a free one"), fault);
        }
        return new DashboardServer(app, AddressOf(app, options));
    }

    /// <summary>Ends it; pages that are open lose their connection.</summary>
    public void Dispose()
    {
        app.StopAsync().GetAwaiter().GetResult();
        app.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Map(WebApplication app, RunCatalog catalog)
    {
        var (listing, readers) = (new SharedListing(catalog.List), new Readers());
        Assets.Map(app);
        RunsEndpoints.Map(app, catalog, listing);
        LiveEndpoints.Map(app, catalog, listing);
        SeriesEndpoints.Map(app, catalog, readers);
        MachineEndpoints.Map(app, catalog, readers);
        SettingsEndpoints.Map(app, catalog, readers);
        EvaluationEndpoints.Map(app, catalog, readers);
        PlayEndpoints.Map(app, catalog);
        app.MapFallback("{*path}", context => RequestGuard.Answer(context, StatusCodes.Status404NotFound,
            $"{context.Request.Path}: the dashboard has no such address; its page is at /"));
    }

    private static void Listen(KestrelServerOptions kestrel, DashboardOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        (limits.MaxRequestBodySize, limits.MaxRequestBufferSize) = (0, 64 << 10);
        (limits.MaxRequestLineSize, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount) =
            (8 << 10, 16 << 10, 64);
        // Who sends a header letter by letter, or nothing at all, holds a connection for so long.
        (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1));
        (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections) = (MostConnections, MostSockets);
        if (options.Host == "localhost" && options.Port > 0)
            kestrel.ListenLocalhost(options.Port);
        else if (options.Host == "localhost")
            kestrel.Listen(IPAddress.Loopback, 0);
        else if (options.Host == "*")
            kestrel.ListenAnyIP(options.Port);
        else if (IPAddress.TryParse(options.Host, out var address))
            kestrel.Listen(address, options.Port);
        else
            throw new ReverieException($"--host {options.Host}: give localhost, an address such as 0.0.0.0, or *");
    }

    private static string AddressOf(WebApplication app, DashboardOptions options)
    {
        var features = app.Services.GetRequiredService<IServer>().Features;
        var bound = features.Get<IServerAddressesFeature>()!.Addresses.First();
        var port = new Uri(bound.Replace("*", "localhost").Replace("[::]", "localhost")).Port;
        var name = options.Host is "*" or "0.0.0.0" or "::" ? Environment.MachineName
            : options.Host.Contains(':') ? $"[{options.Host}]" : options.Host;
        return $"http://{name}:{port}/"
            + (options.Token is { } token ? $"?token={Uri.EscapeDataString(token.Word)}" : "");
    }

    // Asked for the head alone, the server makes the whole answer and keeps its body to itself.
    private static Task Head(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    }

    // A run that is gone or a file that is damaged is an answer, not a fault of the server.
    private static async Task Tell(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException fault) when (!context.Response.HasStarted)
        {
            await RequestGuard.Answer(context, fault.StatusCode, $"{context.Request.Path}: {fault.Message}");
        }
        catch (Exception fault) when (fault is ReverieException or IOException or UnauthorizedAccessException
            && !context.Response.HasStarted)
        {
            await RequestGuard.Answer(context, StatusCodes.Status404NotFound, fault.Message);
        }
        catch (BusyException fault) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "5";
            await RequestGuard.Answer(context, StatusCodes.Status503ServiceUnavailable, fault.Message);
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            await RequestGuard.Answer(context, StatusCodes.Status500InternalServerError,
                $"this is a mistake in the dashboard: {fault.GetType().Name}: {fault.Message}");
        }
    }
}
