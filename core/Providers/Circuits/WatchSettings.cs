using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>The numbers by which a provider is watched.</summary>
/// <param name="Circuit">Of its circuit.</param>
/// <param name="CoolDown">Of its models' rests.</param>
/// <param name="Idle">How long without a call it is idle.</param>
/// <param name="ActiveChecks">Whether it is checked then.</param>
public sealed record WatchSettings(CircuitSettings Circuit, CoolDownSettings CoolDown, TimeSpan Idle, bool ActiveChecks)
{
    /// <summary>As configured.</summary>
    /// <param name="options">Checked.</param>
    public static WatchSettings From(RoutingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(
            CircuitSettings.From(options.Circuit),
            CoolDownSettings.From(options.CoolDown),
            TimeSpan.FromSeconds(options.Health.IdleSeconds),
            options.Health.ActiveChecks);
    }
}
