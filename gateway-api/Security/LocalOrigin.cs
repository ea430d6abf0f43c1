using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// What the open loopback mode still checks: a web page in a browser on this machine could otherwise use the gateway, by
/// a name that resolves to loopback or by a plain cross-site request.
/// </summary>
internal static class LocalOrigin
{
    private static readonly Refusal WrongHost = Refusals.Forbidden(
        "Without authentication the gateway answers only to localhost, 127.0.0.1 and [::1]: the Host header names another host.");

    private static readonly Refusal WrongOrigin = Refusals.Forbidden(
        "Without authentication the gateway takes no requests from web pages of other sites.");

    /// <summary>Why a request is refused; <see langword="null"/>: it comes from this machine, and from no other site's page.</summary>
    public static Refusal? Check(HttpRequest request)
    {
        if (!LoopbackNames.IsLoopback(request.Host.Host))
        {
            return WrongHost;
        }

        foreach (var origin in request.Headers.Origin)
        {
            if (!IsLocal(origin))
            {
                return WrongOrigin;
            }
        }

        return null;
    }

    private static bool IsLocal(string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0
        && LoopbackNames.IsLoopback(uri.Host);
}
