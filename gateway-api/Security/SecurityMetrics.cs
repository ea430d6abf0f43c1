using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>What authentication refuses, and how fresh its keys are.</summary>
internal sealed class SecurityMetrics
{
    /// <summary>No credential.</summary>
    public const string Missing = "missing";

    /// <summary>Not a key, or none that is known.</summary>
    public const string Unknown = "unknown";

    /// <summary>Revoked or expired.</summary>
    public const string Ended = "ended";

    /// <summary>Two different credentials.</summary>
    public const string Conflicting = "conflicting";

    /// <summary>Cut off from the cluster.</summary>
    public const string Stale = "stale";

    /// <summary>In the open loopback mode: a foreign <c>Host</c> or <c>Origin</c>.</summary>
    public const string Origin = "origin";

    /// <summary>A key in the query, where none is taken.</summary>
    public const string Query = "query";

    /// <summary>A token that is not valid.</summary>
    public const string Token = "token";

    /// <summary>A token that has expired.</summary>
    public const string Expired = "expired";

    /// <summary>A token whose issuer's keys are not known.</summary>
    public const string Issuer = "issuer";

    /// <summary>A key or token of a suspended user or team.</summary>
    public const string Suspended = "suspended";

    private readonly Counter<long> _refused;

    public SecurityMetrics(IMeterFactory meters, KeyTable table)
    {
        var meter = meters.Create("ProxyCluster.Security");
        _refused = meter.CreateCounter<long>("proxycluster.security.refusals", "{request}", "Requests refused by authentication, by reason.");
        meter.CreateObservableGauge("proxycluster.security.keys", () => table.Count, "{key}", "API keys this gateway knows.");
        meter.CreateObservableGauge(
            "proxycluster.security.keys.age",
            () => table.Age is var age && age == TimeSpan.MaxValue ? double.NaN : age.TotalSeconds,
            "s",
            "Time since the key directory's quietest shard was heard; not a number: never.");
    }

    /// <summary>A request was refused.</summary>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
