using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>How tokens are checked, and how fresh their issuers' keys are.</summary>
internal sealed class JwtMetrics
{
    private readonly Counter<long> _checked;
    private readonly Counter<long> _fetches;
    private Func<TimeSpan> _oldest = static () => TimeSpan.Zero;

    public JwtMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.Security");
        _checked = meter.CreateCounter<long>("proxycluster.security.tokens.checked", "{token}", "Tokens whose signature was checked, by outcome; those remembered are not counted.");
        _fetches = meter.CreateCounter<long>("proxycluster.security.jwks.fetches", "{fetch}", "Fetches of token issuers' keys, by outcome.");
        meter.CreateObservableGauge(
            "proxycluster.security.jwks.age",
            () => _oldest() is var age && age == TimeSpan.MaxValue ? double.NaN : age.TotalSeconds,
            "s",
            "Time since the oldest key set of a token issuer was read; not a number: one never was.");
    }

    /// <summary>Says how old the keys are.</summary>
    public void Watch(Func<TimeSpan> oldest) => _oldest = oldest;

    /// <summary>A token was checked.</summary>
    public void Checked(JwtVerdictKind kind) => _checked.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(kind)));

    /// <summary>A key set was fetched, or could not be.</summary>
    public void Fetched(bool succeeded) => _fetches.Add(1, new KeyValuePair<string, object?>("outcome", succeeded ? "succeeded" : "failed"));

    private static string NameOf(JwtVerdictKind kind) => kind switch
    {
        JwtVerdictKind.Valid => "valid",
        JwtVerdictKind.Expired => "expired",
        JwtVerdictKind.Unknown => "keys_unknown",
        _ => "invalid",
    };
}
