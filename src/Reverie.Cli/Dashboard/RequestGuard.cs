using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Reverie.Cli.Dashboard;

/// <summary>
/// Lets through what the page itself asks, and nothing else: it reads, it names this machine and not a foreign site,
/// and it knows the token where there is one.
/// </summary>
/// <remarks>A browser sends any site's requests to a server on its own machine. One whose name was made to point here
/// ("DNS rebinding") gives itself away by the Host header, one that merely links here by the Origin.</remarks>
internal sealed class RequestGuard(DashboardOptions options, RequestDelegate next)
{
    private const string Cookie = "reverie", Query = "token";

    private const string Policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Passes the request on, or answers why not.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return Refuse(context, StatusCodes.Status405MethodNotAllowed, "the dashboard only reads");
        if (!IsOurs(request.Host))
            return Refuse(context, StatusCodes.Status403Forbidden, $"{request.Host} is not a name of this dashboard");
        if (request.Headers.Origin is [{ } origin, ..] && origin != $"{request.Scheme}://{request.Host}")
            return Refuse(context, StatusCodes.Status403Forbidden, $"not for pages of {origin}");
        if (options.Token is null || Knows(request.Cookies[CookieName(request)]))
            return next(context);
        if (!Knows(request.Query[Query]))
            return Refuse(context, StatusCodes.Status401Unauthorized, "open the address that the command printed");
        // From now on the cookie says it, so that the word leaves the address bar.
        context.Response.Cookies.Append(CookieName(request), options.Token,
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict });
        context.Response.Redirect(request.Path);
        return Task.CompletedTask;
    }

    // Cookies do not tell ports apart, and two dashboards may run on one machine.
    private static string CookieName(HttpRequest request) => $"{Cookie}-{request.Host.Port ?? 80}";

    private bool Knows(string? word) => word is not null
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(word), Encoding.UTF8.GetBytes(options.Token!));

    private bool IsOurs(HostString host) => host.Host.Trim('[', ']') is var name
        && (IPAddress.TryParse(name, out var address)
            ? !options.IsLocal || IPAddress.IsLoopback(address)
            : Same(name, "localhost") || Same(name, options.Host)
                || (!options.IsLocal && Same(name, Environment.MachineName)));

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static Task Refuse(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n");
    }
}
