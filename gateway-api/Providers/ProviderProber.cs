using System.Globalization;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Checks providers over the connections that traffic takes.</summary>
internal sealed class ProviderProber(UpstreamPool pool, TimeProvider clock) : IProviderProber
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly ModelDefinition NoModel = new() { Id = "" };

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(ProviderDefinition definition, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        if (!pool.TryEnter(definition, out var client, out var fault))
        {
            return new ProbeResult(false, TimeSpan.Zero, fault ?? "The provider was removed.");
        }

        try
        {
            if (client.Keys.Fault is { } keyFault)
            {
                return new ProbeResult(false, TimeSpan.Zero, keyFault);
            }

            using var limit = new CancellationTokenSource(Limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var detail = await AskAsync(client, either.Token, cancellationToken);
            return new ProbeResult(detail.Healthy, clock.GetElapsedTime(started), detail.Text);
        }
        finally
        {
            client.Exit();
        }
    }

    private static async Task<(bool Healthy, string Text)> AskAsync(UpstreamClient client, CancellationToken either, CancellationToken caller)
    {
        try
        {
            using var message = client.Adapter.CreateHealthCheck(client.TargetFor(NoModel, ""));
            using var response = await client.SendAsync(message, either);
            await response.Content.CopyToAsync(Stream.Null, either);
            var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return (response.IsSuccessStatusCode, $"Answered with status {status}.");
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return (false, "No answer within 5 s.");
        }
        catch (HttpRequestException e)
        {
            return (false, $"No connection: {e.HttpRequestError}.");
        }
        catch (IOException)
        {
            return (false, "The connection broke off.");
        }
    }
}
