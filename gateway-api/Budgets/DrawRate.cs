using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>How fast a budget is drawn on here, so that the next two seconds can be asked for ahead. Not thread-safe.</summary>
internal sealed class DrawRate
{
    private const double AheadMilliseconds = 2_000;
    private const double Margin = 1.2;
    private const long StepMilliseconds = 500;

    private long? _ratedAt;
    private Amount _drawn;
    private int _requests;
    private double _tokens;
    private double _nanoDollars;
    private double _requestRate;

    /// <summary>Counts a reservation.</summary>
    public void Drew(in Amount amount)
    {
        _drawn += amount;
        _requests++;
    }

    /// <summary>What to hold for the next two seconds; nothing, where that is less than a request.</summary>
    public Amount Ahead(long now)
    {
        _ratedAt ??= now;
        var passed = now - _ratedAt.Value;
        if (passed >= StepMilliseconds)
        {
            var weight = 1 - Math.Exp(-passed / AheadMilliseconds);
            _tokens += weight * (((double)_drawn.Tokens / passed) - _tokens);
            _nanoDollars += weight * (((double)_drawn.NanoDollars / passed) - _nanoDollars);
            _requestRate += weight * (((double)_requests / passed) - _requestRate);
            _ratedAt = now;
            _drawn = default;
            _requests = 0;
        }

        const double Span = AheadMilliseconds * Margin;
        return _requestRate * Span < 1 ? default : new Amount((long)(_tokens * Span), (long)(_nanoDollars * Span));
    }
}
