using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>Takes a changed certificate without a restart, and warns of one that ends soon (RELIABILITY 7.3).</summary>
internal sealed partial class CertificateRefresh : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromDays(1);

    private readonly ServerCertificate _certificate;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateRefresh> _logger;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    public CertificateRefresh(ServerCertificate certificate, TimeProvider time, IMeterFactory meters, ILogger<CertificateRefresh> logger)
    {
        _certificate = certificate;
        _time = time;
        _logger = logger;
        meters.Create("ProxyCluster.Hosting").CreateObservableGauge(
            "proxycluster.hosting.certificate.expires_in",
            () => (_certificate.EndsAt - _time.GetUtcNow()).TotalSeconds,
            "s",
            "Time until the listeners' certificate ends; negative: it has.");
    }

    /// <summary>Looks at the files once.</summary>
    internal void Look()
    {
        if (_certificate.Refresh(out var fault))
        {
            _warned = DateTimeOffset.MinValue;
            LogRead(_logger, _certificate.Subject, _certificate.EndsAt);
        }
        else if (fault is not null)
        {
            LogKept(_logger, fault, _certificate.EndsAt);
        }

        var now = _time.GetUtcNow();
        if (_certificate.EndsAt - now < Soon && now - _warned >= BetweenWarnings)
        {
            _warned = now;
            LogEndsSoon(_logger, _certificate.Subject, _certificate.EndsAt);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            Look();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(3401, LogLevel.Information, "New connections are shown the certificate of {Subject}, which lasts until {EndsAt:u}")]
    private static partial void LogRead(ILogger logger, string subject, DateTimeOffset endsAt);

    [LoggerMessage(3402, LogLevel.Warning, "The files of Listen:Tls have changed and are not taken; the certificate before is shown until {EndsAt:u}: {Fault}")]
    private static partial void LogKept(ILogger logger, string fault, DateTimeOffset endsAt);

    [LoggerMessage(3403, LogLevel.Warning, "The listeners' certificate of {Subject} ends at {EndsAt:u}: write another into the files of Listen:Tls")]
    private static partial void LogEndsSoon(ILogger logger, string subject, DateTimeOffset endsAt);
}
