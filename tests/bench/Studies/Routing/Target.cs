using System.Globalization;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>A figure that was promised before it was measured.</summary>
/// <param name="Name">What is measured, and of which strategy.</param>
/// <param name="Measured">What came out.</param>
/// <param name="Limit">What it may be at most.</param>
internal sealed record Target(string Name, double Measured, double Limit)
{
    public bool IsMet => Measured <= Limit;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}: {Measured:F4}, at most {Limit:F4}: {(IsMet ? "met" : "missed")}");
}
