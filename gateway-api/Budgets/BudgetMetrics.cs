using System.Diagnostics.Metrics;
using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What the budgets of this gateway did.</summary>
internal sealed class BudgetMetrics
{
    private readonly Counter<long> _refused;
    private readonly Counter<long> _shadowed;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _alerts;
    private readonly UpDownCounter<long> _down;

    /// <summary>Makes the instruments.</summary>
    public BudgetMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ProxyCluster.Budgets");
        _refused = meter.CreateCounter<long>("proxycluster.budgets.refused", "{request}", "Requests refused, by the limit that had no room");
        _shadowed = meter.CreateCounter<long>("proxycluster.budgets.shadowed", "{request}", "Requests let through that would have been refused were the limit enforced");
        _calls = meter.CreateCounter<long>("proxycluster.budgets.calls", "{call}", "Calls to budget grains, by what came of them");
        _alerts = meter.CreateCounter<long>("proxycluster.budgets.alerts", "{alert}", "Parts of budgets that were told as spent, by period and percent");
        _down = meter.CreateUpDownCounter<long>("proxycluster.budgets.down", "{subject}", "Subjects whose budget does not answer now");
    }

    public void Refused(BudgetLimit limit) => _refused.Add(1, new KeyValuePair<string, object?>("limit", Name(limit)));

    public void Shadowed() => _shadowed.Add(1);

    public void Answered(BudgetCall call, BudgetAnswer answer)
    {
        var outcome = answer.Refused != BudgetLimit.None ? "refused" : answer.Granted.IsZero ? "told" : "granted";
        _calls.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void CallFailed() => _calls.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    public void Alerted(BudgetAlert alert) => _alerts.Add(
        1, new KeyValuePair<string, object?>("period", Name(alert.Limit)), new KeyValuePair<string, object?>("percent", alert.Percent));

    public void WentDown() => _down.Add(1);

    public void CameBack() => _down.Add(-1);

    /// <summary>The tag of a limit; <c>down</c> where none refused but the cluster's silence did.</summary>
    internal static string Name(BudgetLimit limit) => limit switch
    {
        BudgetLimit.TokensPerMinute => "tokens_minute",
        BudgetLimit.TokensPerHour => "tokens_hour",
        BudgetLimit.DollarsPerDay => "day",
        BudgetLimit.DollarsPerMonth => "month",
        _ => "down",
    };
}
