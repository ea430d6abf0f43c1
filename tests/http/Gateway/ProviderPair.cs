namespace ProxyCluster.Tests.Http.Gateway;

/// <summary>Two providers of one model, the first behind <see cref="GatewayFixture.First"/>.</summary>
/// <param name="Model">As the upstreams know it.</param>
public sealed record ProviderPair(string Model)
{
    public string First => "f-" + Model;

    public string Second => "s-" + Model;

    /// <summary>Asks the first, then the second.</summary>
    public string Alias => "either-" + Model;

    /// <summary>The model's name for the first provider alone.</summary>
    public string OnlyFirst => $"{First}/{Model}";

    public string OnlySecond => $"{Second}/{Model}";
}
