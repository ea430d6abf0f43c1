using System.Collections.Immutable;
using System.Globalization;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.Audit;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Tells operators that a part of a budget is spent: as a security event, in the log and in a metric.</summary>
internal sealed class BudgetBell(SecurityEvents events, BudgetMetrics metrics, ILogger<BudgetBell> logger)
{
    /// <summary>Tells each alert of an answer.</summary>
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
