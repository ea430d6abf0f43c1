using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Fetches key sets by the same way out that providers are reached by: no redirects, no cookies, a bounded answer. The
/// address is the operator's, never a token's.
/// </summary>
internal sealed class JwksClient(UpstreamHandlers handlers, IOptionsMonitor<ProxyClusterOptions> options) : IJwksSource
{
    private const int MostBytes = 256 * 1024;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<string> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        var outbound = options.CurrentValue.Outbound;

        // Made for one call an hour: a connection that is kept would be dead by the next.
        using var handler = handlers.Create(HostKey.Of(address, outbound.Proxy, outbound.CertificateAuthorities, ConnectLimit), out var fault)
            ?? throw new JwksException(fault ?? "The way out cannot be used.");
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await invoker.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new JwksException(string.Create(CultureInfo.InvariantCulture, $"The address answered {(int)response.StatusCode}."));
            }

            return await ReadAsync(response.Content, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or AuthenticationException)
        {
            throw new JwksException("The address could not be reached.", exception);
        }
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MostBytes ? Encoding.UTF8.GetString(buffer, 0, length) : throw new JwksException("The answer is too long for a key set.");
    }
}
