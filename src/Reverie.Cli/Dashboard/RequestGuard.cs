using Microsoft.AspNetCore.Http;

namespace Reverie.Cli.Dashboard;

/// <summary>
/// Lets through what the page itself asks, and nothing else: it reads, it names this machine and not a foreign site,
/// and it knows the token where there is one.
/// </summary>
/// <remarks>A browser sends any site's requests to a server on its own machine. One whose name was made to point here
/// ("DNS rebinding") gives itself away by the Host header, one that merely links here by the Origin, and what loads
/// without one (pictures, scripts) by Sec-Fetch-Site.</remarks>
internal sealed class RequestGuard(DashboardOptions options, RequestDelegate next)
{
    private const string Cookie = "reverie", Query = "token", Page = "/";

    private const string Policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Passes the request on, or answers why not.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return Answer(context, StatusCodes.Status405MethodNotAllowed, "the dashboard only reads");
        if (request.Headers.Host is not [{ } host] || !HostName.Of(host).IsOf(options))
            return Answer(context, StatusCodes.Status403Forbidden,
                $"'{request.Headers.Host}' is not a name of this dashboard");
        if (request.Headers.Origin is { Count: > 0 } origin
            && (origin.Count > 1 || origin[0] != $"{request.Scheme}://{host}"))
            return Answer(context, StatusCodes.Status403Forbidden, $"not for pages of '{origin}'");
        if (!IsFromHere(request))
            return Answer(context, StatusCodes.Status403Forbidden, "not for pages of another site");
        if (options.Token is not { } token || token.Is(request.Cookies[CookieName(request)]))
            return next(context);
        if (request.Query[Query] is not [var word] || !token.Is(word))
            return Answer(context, StatusCodes.Status401Unauthorized, "open the address that the command printed");
        // From now on the cookie says it, so that the word leaves the address bar. Never to where the request says:
        // a path that begins with two slashes is another site.
        context.Response.Cookies.Append(CookieName(request), token.Word,
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict });
        context.Response.Redirect(Page);
        return Task.CompletedTask;
    }

    /// <summary>Answers in a line.</summary>
    public static Task Answer(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why.ReplaceLineEndings(" ") + "\n");
    }

    // What a browser says of who asks: the page itself, or a person who typed the address. Somebody who follows a link
    // on another site comes to see the page, and that site sees nothing of it; all else of other sites is refused.
    private static bool IsFromHere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is var site
        && (site.Count == 0 || site is ["same-origin" or "none"]
            || (site.Count == 1 && request.Path == Page && request.Headers["Sec-Fetch-Mode"] is ["navigate"]
                && request.Headers["Sec-Fetch-Dest"] is ["document"]));

    // Cookies do not tell ports apart, and two dashboards may run on one machine.
    private static string CookieName(HttpRequest request) => $"{Cookie}-{request.Host.Port ?? 80}";
}
