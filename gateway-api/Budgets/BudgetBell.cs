using System.Collections.Immutable;
using System.Globalization;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Tells operators what happens to budgets: that a part of one is spent, and who is refused.</summary>
internal sealed class BudgetBell(SecurityEvents events, BudgetMetrics metrics, ILogger<BudgetBell> logger)
{
    /// <summary>Tells of a request that a limit refused, or would have; not of one that the cluster's silence did.</summary>
    public void Refused(string subject, Refusal refusal, string? address, bool isShadow)
    {
        if (refusal is { Status: StatusCodes.Status429TooManyRequests, Code: { } code })
        {
            events.Record(SecurityEventType.RateLimitExceeded, subject, address, isShadow ? $"{code} (shadow)" : code);
        }
    }

    /// <summary>Tells each alert of an answer: as a security event, in the log and in a metric.</summary>
    public void Ring(string subject, BudgetLimits limits, ImmutableArray<BudgetAlert> alerts)
    {
        foreach (var alert in alerts)
        {
            var dollars = Money.ToDollars(limits.Of(alert.Limit));
            var period = alert.Limit == BudgetLimit.DollarsPerDay ? "day" : "month";
            metrics.Alerted(alert);
            BudgetLog.Alert(logger, subject, alert.Percent, dollars, period);
            events.Record(
                SecurityEventType.BudgetAlert,
                subject,
                null,
                string.Create(CultureInfo.InvariantCulture, $"{alert.Percent} % of {dollars} US dollars a {period} are spent"));
        }
    }
}
