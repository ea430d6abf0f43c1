namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>A model that rests at its provider, as the admin API shows it.</summary>
/// <param name="Model">The provider's entry.</param>
/// <param name="Until">When it is asked again.</param>
[GenerateSerializer, Immutable, Alias("pc.model-rest")]
public readonly record struct ModelRest(
    [property: Id(0)] string Model,
    [property: Id(1)] DateTimeOffset Until);
