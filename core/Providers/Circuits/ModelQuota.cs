using Orleans;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>What a provider's headers last said of the limits of one model under one key.</summary>
/// <param name="Model">The provider's entry.</param>
/// <param name="Key">The place of the key among the provider's, from 1; 0: it has none.</param>
/// <param name="Requests">Of requests; <see langword="null"/>: nothing.</param>
/// <param name="Tokens">Of tokens; <see langword="null"/>: nothing.</param>
/// <param name="SeenAt">When.</param>
[GenerateSerializer, Immutable, Alias("pc.model-quota")]
public readonly record struct ModelQuota(
    [property: Id(0)] string Model,
    [property: Id(1)] int Key,
    [property: Id(2)] QuotaAmount? Requests,
    [property: Id(3)] QuotaAmount? Tokens,
    [property: Id(4)] DateTimeOffset SeenAt);
