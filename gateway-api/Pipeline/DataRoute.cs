using System.Collections.Frozen;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>One route of the data listener, and what it takes. A path that is not in <see cref="All"/> is answered by nobody.</summary>
/// <param name="Path">The path, compared exactly; ending in <c>/</c>: what follows is an id.</param>
/// <param name="Method">The only method that is taken; <c>HEAD</c> too where it is <c>GET</c>.</param>
/// <param name="Operation">What is asked for; <see langword="null"/>: the models, or the caller's usage.</param>
internal sealed record DataRoute(string Path, string Method, InferenceOperation? Operation)
{
    /// <summary>The path of the models.</summary>
    public const string Models = "/v1/models";

    /// <summary>The path of the caller's own usage.</summary>
    public const string Usage = "/v1/usage";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DataRoute> All { get; } =
    [
        Post("/v1/chat/completions", InferenceOperation.ChatCompletions),
        Post("/v1/responses", InferenceOperation.Responses),
        Post("/v1/completions", InferenceOperation.Completions),
        Post("/v1/embeddings", InferenceOperation.Embeddings),
        Post("/v1/messages", InferenceOperation.Messages),
        Post("/v1/messages/count_tokens", InferenceOperation.CountTokens),
        Post("/v1/images/generations", InferenceOperation.ImageGenerations),
        Post("/v1/audio/speech", InferenceOperation.Speech),
        Post("/v1/audio/transcriptions", InferenceOperation.Transcriptions),
        Post("/v1/audio/translations", InferenceOperation.Translations),
        Post("/v1/moderations", InferenceOperation.Moderations),
        Post("/v1/rerank", InferenceOperation.Rerank),
        Post("/v1/routing/explain", InferenceOperation.Explain),
        Post("/v1/context/condense", InferenceOperation.Condense),
        new(Usage, HttpMethods.Get, null),
        new(Models, HttpMethods.Get, null),
        new(Models + "/", HttpMethods.Get, null),
    ];

    private static readonly FrozenDictionary<string, DataRoute> ByPath = All.ToFrozenDictionary(static route => route.Path, StringComparer.Ordinal);
    private static readonly DataRoute OneModel = ByPath[Models + "/"];

    /// <summary>What a caller must be allowed to do. Whoever answers the route checks it.</summary>
    public Permission Permission => Operation?.Permission() ?? (Path == Usage ? Permission.None : Permission.ModelsRead);

    /// <summary>Finds the route of a path; <see langword="null"/>: there is none.</summary>
    /// <param name="path">The request's path, decoded.</param>
    public static DataRoute? Find(string path) => ByPath.TryGetValue(path, out var route) ? (ReferenceEquals(route, OneModel) ? null : route)
        : path.StartsWith(OneModel.Path, StringComparison.Ordinal) ? OneModel
        : null;

    private static DataRoute Post(string path, InferenceOperation operation) => new(path, HttpMethods.Post, operation);
}
