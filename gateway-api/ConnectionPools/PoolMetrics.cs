using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>What is measured of connection pools. The tag <c>host</c> is bounded by the providers' hosts.</summary>
internal sealed class PoolMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<double> _waits;

    /// <summary>Makes the instruments.</summary>
    public PoolMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Pools");
        _waits = _meter.CreateHistogram<double>("proxycluster.pools.wait_seconds", "s", "How long a request without a kept connection waited for one.");
    }

    /// <summary>A request has waited for a connection.</summary>
    public void Waited(string host, TimeSpan time) => _waits.Record(time.TotalSeconds, HostTag(host));

    /// <summary>Reads the figures of all pools whenever the metrics are collected.</summary>
    public void Observe(Func<IEnumerable<HostPool>> pools)
    {
        Gauge("proxycluster.pools.size", "{connection}", "Connections to keep ready.", static f => f.Size);
        Gauge("proxycluster.pools.limit", "{connection}", "Connections that may be open now.", static f => f.Limit);
        Gauge("proxycluster.pools.ready", "{connection}", "Connections opened ahead that nobody has used yet.", static f => f.Ready);
        Gauge("proxycluster.pools.open", "{connection}", "Connections that requests use or have used.", static f => f.Open);
        Gauge("proxycluster.pools.waiting", "{connection}", "Connections kept back by the limit.", static f => f.Waiting);
        Gauge("proxycluster.pools.in_flight", "{request}", "Requests at the host.", static f => f.InFlight);
        Gauge("proxycluster.pools.requests_per_second", "{request}", "Requests a second in the last window.", static f => f.Use.RequestsPerSecond);
        Gauge("proxycluster.pools.error_share", "1", "The part of the last window's requests that failed.", static f => f.Use.ErrorShare);
        Gauge("proxycluster.pools.response_seconds", "s", "Moving average of response times.", static f => f.Use.MeanResponseSeconds);
        Gauge("proxycluster.pools.generations", "{handler}", "Handlers that are open; above 1 while old ones drain.", static f => f.Generations);
        Gauge("proxycluster.pools.age_seconds", "s", "Since the current handler took over.", static f => f.Age.TotalSeconds);
        Gauge("proxycluster.pools.http_version", "1", "1 or 2, as agreed with the host; 0: not known yet.", static f => f.HttpVersion switch { null => 0, "2" => 2, _ => 1 });
        Counter("proxycluster.pools.queued", "{connection}", "Connections that the limit has kept back.", static f => f.Queued);
        Counter("proxycluster.pools.dns_refreshes", "{answer}", "Answers of the name service.", static f => f.DnsRefreshes);
        _meter.CreateObservableCounter("proxycluster.pools.opened", () => pools().SelectMany(Opened), "{connection}", "Connections opened, ahead or on demand.");
        _meter.CreateObservableCounter("proxycluster.pools.swaps", () => pools().SelectMany(Swaps), "{swap}", "Handlers replaced, by reason.");

        void Gauge(string name, string unit, string description, Func<PoolFigures, double> value) =>
            _meter.CreateObservableGauge(name, () => pools().Select(pool => new Measurement<double>(value(pool.Figures()), HostTag(pool.Name))), unit, description);

        void Counter(string name, string unit, string description, Func<PoolFigures, long> value) =>
            _meter.CreateObservableCounter(name, () => pools().Select(pool => new Measurement<long>(value(pool.Figures()), HostTag(pool.Name))), unit, description);
    }

    private static IEnumerable<Measurement<long>> Opened(HostPool pool)
    {
        var figures = pool.Figures();
        yield return new(figures.OpenedAhead, HostTag(pool.Name), new("when", "ahead"));
        yield return new(figures.OpenedOnDemand, HostTag(pool.Name), new("when", "on_demand"));
    }

    private static IEnumerable<Measurement<long>> Swaps(HostPool pool) => Enum.GetValues<PoolSwap>()
        .Select(reason => new Measurement<long>(pool.SwapsFor(reason), HostTag(pool.Name), new("reason", PoolSwaps.NameOf(reason))));

    private static KeyValuePair<string, object?> HostTag(string name) => new("host", name);
}
