using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Outbound;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Signs anchors and puts them where the settings say. The places are the operator's own, named in the configuration file only; of addresses, metadata services and what is reserved are refused all the same.</summary>
internal sealed class AnchorPlaces(ISecretResolver secrets, OutboundGuard guard, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http = new(CreateHandler(guard));

    /// <summary>Signs an anchor where there is a key.</summary>
    /// <exception cref="CryptographicException">The key is none.</exception>
    public AuditAnchor Sign(AuditAnchor anchor, AnchorOptions settings)
    {
        if (settings.SigningKey is not { } reference)
        {
            return anchor;
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Resolve("Audit:Anchors:SigningKey", reference));
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException("Audit:Anchors:SigningKey is no EC private key in PEM.", exception);
        }

        return anchor.Sign(key);
    }

    /// <summary>Adds an anchor to the day's file.</summary>
    /// <returns>Whether there is a place for it.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public Task<bool> Append(AuditAnchor anchor, AnchorOptions settings)
    {
        if (settings.Directory is not { } directory)
        {
            return Task.FromResult(false);
        }

        Directory.CreateDirectory(directory);
        var day = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        // Several processes may share the directory: an addition of one line in one write does not mix with another's.
        using var file = new FileStream(Path.Combine(directory, $"anchors-{day}.jsonl"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(anchor.Write() + "\n"));
        file.Flush(flushToDisk: true);
        return Task.FromResult(true);
    }

    /// <summary>Sends an anchor to the address.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="HttpRequestException">It was not taken.</exception>
    public async Task<bool> SendAsync(AuditAnchor anchor, AnchorOptions settings, CancellationToken cancellationToken)
    {
        if (settings.Url is not { } url)
        {
            return false;
        }

        using var deadline = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var message = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(anchor.Write(), Encoding.ASCII, "application/json"),
        };
        if (settings.UrlToken is { } reference)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Resolve("Audit:Anchors:UrlToken", reference));
        }

        using var answer = await _http.SendAsync(message, either.Token);
        return answer.IsSuccessStatusCode ? true : throw new HttpRequestException($"Audit:Anchors:Url answered {(int)answer.StatusCode}.");
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(OutboundGuard guard)
    {
        var handler = OutboundSockets.Create(Patience);
        handler.ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(
            HostKey.Of(context.InitialRequestMessage.RequestUri!, OutboundOptions.NoProxy, authorities: null, Patience), context, cancellationToken);
        return handler;
    }

    private string Resolve(string path, string reference) => secrets.TryResolve(reference, out var secret, out var fault)
        ? secret!.Reveal()
        : throw new CryptographicException($"{path} cannot be read: {fault}");
}
