using System.Net;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Puts a service account's token on requests that name one, over the same connections, proxies and certificates that
/// the requests take. An account that Google refuses is answered as a 401, like any credential.
/// </summary>
internal sealed class AccessTokenHandler(HttpMessageHandler inner, TimeProvider clock) : DelegatingHandler(inner)
{
    /// <summary>The account in whose name a request is sent.</summary>
    public static readonly HttpRequestOptionsKey<ServiceAccount?> Account = new("ProxyCluster.ServiceAccount");

    private AccessTokens? _tokens;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Account, out var account) || account is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var tokens = TokensOf(account);
        if (await tokens.GetAsync(cancellationToken) is not { } token)
        {
            return new HttpResponseMessage(HttpStatusCode.Unauthorized) { RequestMessage = request };
        }

        request.Headers.Authorization = token;
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            tokens.Forget(token);
        }

        return response;
    }

    // A renewed key file is another account object: its predecessor's token is not used for it.
    private AccessTokens TokensOf(ServiceAccount account)
    {
        var tokens = Volatile.Read(ref _tokens);
        while (!ReferenceEquals(tokens?.Account, account))
        {
            var renewed = new AccessTokens(account, base.SendAsync, clock);
            var seen = Interlocked.CompareExchange(ref _tokens, renewed, tokens);
            tokens = ReferenceEquals(seen, tokens) ? renewed : seen;
        }

        return tokens!;
    }
}
