using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>Takes changed certificates without a restart, and warns of those that end soon (RELIABILITY 7.3).</summary>
internal sealed partial class CertificateRefresh : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromDays(1);

    private readonly WatchedCertificate[] _certificates;
    private readonly DateTimeOffset[] _warned;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateRefresh> _logger;

    public CertificateRefresh(IEnumerable<WatchedCertificate> certificates, TimeProvider time, IMeterFactory meters, ILogger<CertificateRefresh> logger)
    {
        _certificates = [.. certificates];
        _warned = new DateTimeOffset[_certificates.Length];
        _time = time;
        _logger = logger;
        meters.Create("ProxyCluster.Hosting").CreateObservableGauge(
            "proxycluster.hosting.certificate.expires_in",
            () => _certificates.Select(one => new Measurement<double>((one.EndsAt - _time.GetUtcNow()).TotalSeconds, new KeyValuePair<string, object?>("setting", one.Setting))),
            "s",
            "Time until a certificate of this process ends, by the setting that names it; negative: it has.");
    }

    /// <summary>Looks at the files once.</summary>
    internal void Look()
    {
        for (var i = 0; i < _certificates.Length; i++)
        {
            Look(_certificates[i], ref _warned[i]);
        }
    }

    private void Look(WatchedCertificate certificate, ref DateTimeOffset warned)
    {
        if (certificate.Refresh(out var fault))
        {
            warned = DateTimeOffset.MinValue;
            LogRead(_logger, certificate.Setting, certificate.Subject, certificate.EndsAt);
        }
        else if (fault is not null)
        {
            LogKept(_logger, certificate.Setting, fault, certificate.EndsAt);
        }

        var now = _time.GetUtcNow();
        if (certificate.EndsAt - now < Soon && now - warned >= BetweenWarnings)
        {
            warned = now;
            LogEndsSoon(_logger, certificate.Setting, certificate.Subject, certificate.EndsAt);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            Look();
        }
        while (_certificates.Length > 0 && await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(3401, LogLevel.Information, "{Setting}: new connections are shown the certificate of {Subject}, which lasts until {EndsAt:u}")]
    private static partial void LogRead(ILogger logger, string setting, string subject, DateTimeOffset endsAt);

    [LoggerMessage(3402, LogLevel.Warning, "{Setting}: the files have changed and are not taken; the certificate before is shown until {EndsAt:u}: {Fault}")]
    private static partial void LogKept(ILogger logger, string setting, string fault, DateTimeOffset endsAt);

    [LoggerMessage(3403, LogLevel.Warning, "{Setting}: the certificate of {Subject} ends at {EndsAt:u}: write another into its files")]
    private static partial void LogEndsSoon(ILogger logger, string setting, string subject, DateTimeOffset endsAt);
}
