using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>Where a model's calls of tools are in an answer or an event of a <c>custom_ai</c> provider.</summary>
[GenerateSerializer, Immutable, Alias("pc.custom-call-mapping")]
public sealed record CustomCallMapping
{
    /// <summary>The list of calls, or the only one.</summary>
    [Id(0)] public required string List { get; init; }

    /// <summary>In a call: its id; <see langword="null"/>: it has none.</summary>
    [Id(1)] public string? Id { get; init; }

    /// <summary>In a call: the function's name.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>In a call: its arguments, an object or text; <see langword="null"/>: there are none.</summary>
    [Id(3)] public string? Arguments { get; init; }

    /// <summary>In a call of a stream: the number by which its pieces belong together; <see langword="null"/>: by their id, or by their order.</summary>
    [Id(4)] public string? Index { get; init; }
}
