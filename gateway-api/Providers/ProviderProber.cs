using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Outbound;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// Checks providers over the connections that traffic takes: the free way first, and where a provider does not have it,
/// by an answer of one token if the operator allows to pay for it.
/// </summary>
internal sealed class ProviderProber(UpstreamPool pool, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock) : IProviderProber
{
    private static readonly ModelDefinition NoModel = new() { Id = "" };

    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(ProviderDefinition definition, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        if (!pool.TryEnter(definition, out var client, out var fault))
        {
            return new ProbeResult(false, TimeSpan.Zero, fault ?? "The provider was removed.") { Outcome = AttemptOutcome.ConnectFailed };
        }

        try
        {
            if (client.Keys.Fault is { } keyFault)
            {
                return new ProbeResult(false, TimeSpan.Zero, keyFault) { Outcome = AttemptOutcome.CredentialsRefused };
            }

            var health = options.CurrentValue.Routing.Health;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(health.TimeoutSeconds), clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var found = await AskAsync(client, client.Adapter.CreateHealthCheck(client.TargetFor(NoModel, "")), health, either.Token, cancellationToken);
            if (found.Outcome == AttemptOutcome.Rejected && health.PaidChecks && PaidCheck.Create(client, options.CurrentValue.InputLimits) is { } paid)
            {
                found = await AskAsync(client, paid, health, either.Token, cancellationToken);
            }

            return new ProbeResult(found.Outcome == AttemptOutcome.Succeeded, clock.GetElapsedTime(started), found.Detail) { Outcome = found.Outcome };
        }
        finally
        {
            client.Exit();
        }
    }

    private static async Task<(AttemptOutcome Outcome, string Detail)> AskAsync(
        UpstreamClient client, HttpRequestMessage message, HealthOptions health, CancellationToken either, CancellationToken caller)
    {
        try
        {
            using (message)
            {
                using var response = await client.SendAsync(message, either);
                await response.Content.CopyToAsync(Stream.Null, either);
                var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
                return (OutcomeOf(response.StatusCode), $"Answered with status {status}.");
            }
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            var seconds = health.TimeoutSeconds.ToString(CultureInfo.InvariantCulture);
            return (AttemptOutcome.TimedOut, $"No answer within {seconds} s.");
        }
        catch (HttpRequestException e) when (UpstreamForbiddenException.IsBehind(e))
        {
            return (AttemptOutcome.ConnectFailed, "The provider's address may not be connected to: list its host or network in Outbound:AllowPrivate.");
        }
        catch (HttpRequestException e)
        {
            return (AttemptOutcome.ConnectFailed, $"No connection: {e.HttpRequestError}.");
        }
        catch (IOException)
        {
            return (AttemptOutcome.ConnectFailed, "The connection broke off.");
        }
    }

    private static AttemptOutcome OutcomeOf(HttpStatusCode status) => (int)status switch
    {
        < 300 => AttemptOutcome.Succeeded,
        429 => AttemptOutcome.RateLimited,
        >= 400 and < 500 when StatusErrors.Of((int)status, null, null).Outcome == AttemptOutcome.CredentialsRefused => AttemptOutcome.CredentialsRefused,

        // What is not offered says nothing about what is.
        404 or 405 or 501 => AttemptOutcome.Rejected,
        >= 400 => StatusErrors.Of((int)status, null, null).Outcome,
        _ => AttemptOutcome.InvalidAnswer,
    };
}
