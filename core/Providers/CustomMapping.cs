using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>How a <c>custom_ai</c> provider is spoken to: where its routes are, and what its bodies look like.</summary>
[GenerateSerializer, Immutable, Alias("pc.custom-mapping")]
public sealed record CustomMapping
{
    /// <summary>Where chats go, below the base URL; <c>{{model}}</c> stands for the model's name. <see langword="null"/>: its models do not chat.</summary>
    [Id(0)] public string? ChatPath { get; init; }

    /// <summary>Below the base URL: what a healthy provider answers with a success.</summary>
    [Id(1)] public required string HealthPath { get; init; }

    /// <summary>Below the base URL: a list of models in OpenAI's form.</summary>
    [Id(2)] public required string ModelsPath { get; init; }

    /// <summary>The header that carries the key; <see langword="null"/>: <c>Authorization: Bearer</c>.</summary>
    [Id(3)] public string? KeyHeader { get; init; }

    /// <summary>The body of a request: a JSON object with placeholders, as <see cref="RequestTemplate"/> reads it.</summary>
    [Id(4)] public required string Request { get; init; }

    /// <summary>Where things are in a whole answer.</summary>
    [Id(5)] public required CustomAnswerMapping Response { get; init; }

    /// <summary>Where things are in an event of a stream; <see langword="null"/>: there are no streams.</summary>
    [Id(6)] public CustomStreamMapping? Stream { get; init; }

    /// <summary>Where text completions go, below the base URL; <see langword="null"/>: they go as chats.</summary>
    [Id(7)] public string? CompletionPath { get; init; }
}
