using System.Globalization;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>How a conversation that grows was condensed, in tokens at the price of those that no cache holds.</summary>
/// <param name="Step">How often its beginning has been condensed anew.</param>
/// <param name="IsNew">Whether it was for this turn, so that the provider's cache begins anew.</param>
/// <param name="Saved">What a new beginning saves over the turns that are expected; else 0.</param>
/// <param name="Lost">What it costs to be read anew; else 0.</param>
internal sealed record RollingFigures(int Step, bool IsNew, long Saved, long Lost)
{
    /// <summary>As <c>x-proxy-condensed-step</c> tells it.</summary>
    public string Header => IsNew
        ? string.Create(CultureInfo.InvariantCulture, $"{Step}; new; saved={Saved}; lost={Lost}")
        : string.Create(CultureInfo.InvariantCulture, $"{Step}");

    /// <summary>The figures of a turn; <see langword="null"/>: its beginning is not one that stays.</summary>
    public static RollingFigures? Of(RollingResult rolled) => rolled.Step == 0
        ? null
        : new RollingFigures(rolled.Step, rolled.IsNewStep, (long)rolled.Decision.SavedTokens, (long)rolled.Decision.LostTokens);
}
