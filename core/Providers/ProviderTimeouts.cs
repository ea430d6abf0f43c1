using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>How long a provider may take. Defaults: SPEC section 2.</summary>
/// <param name="Connect">Name look-up, TCP and TLS together.</param>
/// <param name="FirstToken">From the request's last byte to the first content event of a stream.</param>
/// <param name="Idle">Between two events of a stream.</param>
/// <param name="Total">The whole answer, all attempts of this provider included.</param>
[GenerateSerializer, Immutable, Alias("pc.provider-timeouts")]
public readonly record struct ProviderTimeouts(
    [property: Id(0)] TimeSpan Connect,
    [property: Id(1)] TimeSpan FirstToken,
    [property: Id(2)] TimeSpan Idle,
    [property: Id(3)] TimeSpan Total)
{
    /// <summary>10 s to connect, 30 s to the first event and between events, 600 s in all.</summary>
    public static ProviderTimeouts Default { get; } = new(
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(600));
}
