using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>
/// Stands before authentication: limits what one client address may do while nobody knows who it is. It decides in this gateway
/// alone, so that strangers make the cluster do nothing.
/// </summary>
/// <remarks>
/// Beyond the limit of failed authentications good credentials still pass, so that one broken client does not shut out all that
/// share its address; what this gateway does not know is refused without asking the cluster.
/// </remarks>
internal sealed class AddressGuard : ICallerAuthenticator, IDisposable
{
    private readonly ICallerAuthenticator _inner;
    private readonly LimiterClock _clock;
    private readonly RateLimitingMetrics _metrics;
    private readonly SecurityEvents _events;
    private readonly IDisposable? _changes;
    private AddressLimitOptions _limits;

    public AddressGuard(
        ICallerAuthenticator inner, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider time, RateLimitingMetrics metrics, SecurityEvents events)
    {
        _inner = inner;
        _clock = new LimiterClock(time);
        _metrics = metrics;
        _events = events;
        _limits = options.CurrentValue.RateLimits.Address;
        _changes = options.OnChange(changed => Volatile.Write(ref _limits, changed.RateLimits.Address));
    }

    /// <summary>Clients that are remembered.</summary>
    public AddressBook Book { get; } = new();

    /// <inheritdoc/>
    public ValueTask<Authentication> AuthenticateAsync(HttpContext context)
    {
        var limits = Volatile.Read(ref _limits);
        var from = CallerContext.Of(context);
        if (from.Address is not { } address || limits is { FailedAuthenticationsPerMinute: 0, RequestsPerMinute: 0 })
        {
            return _inner.AuthenticateAsync(context);
        }

        var network = ClientNetwork.Of(address);
        var now = _clock.Now;
        if (limits.RequestsPerMinute > 0 && Count(network, limits.RequestsPerMinute, now) is { } wait)
        {
            return new(Refuse(from, limits.RequestsPerMinute, "requests", wait));
        }

        if (limits.FailedAuthenticationsPerMinute > 0 && HasFailedTooOften(network, limits, now))
        {
            from.IsBarred = true;
        }

        var authentication = _inner.AuthenticateAsync(context);
        return authentication.IsCompletedSuccessfully
            ? new(Judge(from, network, limits, authentication.Result))
            : JudgeAsync(from, network, limits, authentication);
    }

    /// <summary>Counts a request that comes to no authentication, since there is nothing that could answer it.</summary>
    /// <returns>Why its address is refused; <see langword="null"/>: it is not.</returns>
    public Refusal? CountUnanswered(HttpContext context)
    {
        var limit = Volatile.Read(ref _limits).RequestsPerMinute;
        if (limit == 0 || CallerContext.Of(context) is not { Address: { } address } from)
        {
            return null;
        }

        return Count(ClientNetwork.Of(address), limit, _clock.Now) is { } wait ? Refuse(from, limit, "requests", wait) : null;
    }

    public void Dispose() => _changes?.Dispose();

    private async ValueTask<Authentication> JudgeAsync(
        CallerContext from, ClientNetwork network, AddressLimitOptions limits, ValueTask<Authentication> authentication) =>
        Judge(from, network, limits, await authentication);

    private Authentication Judge(CallerContext from, ClientNetwork network, AddressLimitOptions limits, in Authentication authentication)
    {
        if (limits.FailedAuthenticationsPerMinute == 0 || authentication.Refusal is not { Status: StatusCodes.Status401Unauthorized })
        {
            return authentication;
        }

        var now = _clock.Now;
        var record = Book.Open(network, now);
        TimeSpan wait;
        lock (record)
        {
            if (record.Failures.TryAdd(limits.FailedAuthenticationsPerMinute, now))
            {
                return authentication;
            }

            wait = record.Failures.FreeIn(now);
        }

        return Refuse(from, limits.FailedAuthenticationsPerMinute, "failed authentications", wait);
    }

    private TimeSpan? Count(ClientNetwork network, int limit, long now)
    {
        var record = Book.Open(network, now);
        lock (record)
        {
            return record.Requests.TryAdd(limit, now) ? null : record.Requests.FreeIn(now);
        }
    }

    private bool HasFailedTooOften(ClientNetwork network, AddressLimitOptions limits, long now)
    {
        if (Book.Find(network) is not { } record)
        {
            return false;
        }

        lock (record)
        {
            return record.Failures.IsFull(limits.FailedAuthenticationsPerMinute, now);
        }
    }

    private Refusal Refuse(CallerContext from, int limit, string what, TimeSpan wait)
    {
        _metrics.RefusedAddress(what.Replace(' ', '_'));
        _events.RecordFrom(from, SecurityEventType.RateLimitExceeded, null, $"{what} of one address");
        return LimitRefusals.Address(limit, what, wait);
    }
}
