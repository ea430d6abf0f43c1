using System.Net;
using System.Runtime.CompilerServices;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Puts a service account's token on requests that name one, over the same connections, proxies and certificates that
/// the requests take. An account that Google refuses is answered as a 401, like any credential.
/// </summary>
internal sealed class AccessTokenHandler(HttpMessageHandler inner, TimeProvider clock) : DelegatingHandler(inner)
{
    /// <summary>The account in whose name a request is sent.</summary>
    public static readonly HttpRequestOptionsKey<ServiceAccount?> Account = new("ProxyCluster.ServiceAccount");

    // A renewed key file is another account object: its predecessor's tokens are not used for it.
    private readonly ConditionalWeakTable<ServiceAccount, AccessTokens> _tokens = [];

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Account, out var account) || account is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var tokens = _tokens.GetValue(account, CreateTokens);
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

    private AccessTokens CreateTokens(ServiceAccount account) => new(account, base.SendAsync, clock);
}
