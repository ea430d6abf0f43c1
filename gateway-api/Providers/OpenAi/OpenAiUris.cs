using System.Runtime.CompilerServices;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Where the routes of a server are. Made once for a base address: parsing one costs more than a small answer.</summary>
internal sealed class OpenAiUris(OpenAiDialect dialect)
{
    private const int ResponsesPath = 9;

    private static readonly string[] Paths =
    [
        "chat/completions", "completions", "embeddings",
        "images/generations", "audio/speech", "audio/transcriptions", "audio/translations", "moderations", "rerank", "responses",
    ];

    private readonly ConditionalWeakTable<Uri, Uri[]> _byBase = [];

    public Uri For(UpstreamTarget target, InferenceOperation operation) =>
        dialect.HasAzurePaths && target.Definition.ApiVersion is { } version
            ? InDeployment(target, Paths[PathOf(operation)], version)
            : Of(target.BaseUri)[PathOf(operation)];

    /// <summary>Where Responses are; with Azure's dated versions not within a deployment.</summary>
    public Uri ForResponses(UpstreamTarget target) =>
        dialect.HasAzurePaths && target.Definition.ApiVersion is { } version
            ? new Uri(target.BaseUri, $"/openai/responses?api-version={Uri.EscapeDataString(version)}")
            : Of(target.BaseUri)[ResponsesPath];

    public Uri ForModels(UpstreamTarget target) =>
        dialect.HasAzurePaths && target.Definition.ApiVersion is { } version
            ? new Uri(target.BaseUri, $"/openai/models?api-version={Uri.EscapeDataString(version)}")
            : new Uri(Root(target.BaseUri), dialect.HealthPath);

    private static int PathOf(InferenceOperation operation) => operation switch
    {
        _ when operation.IsChat() => 0,
        _ when operation.IsPassThrough() => operation - InferenceOperation.ImageGenerations + 3,
        _ => (int)operation,
    };

    private Uri[] Of(Uri baseUri) => _byBase.TryGetValue(baseUri, out var known) ? known : _byBase.GetValue(baseUri, Create);

    private Uri[] Create(Uri baseUri)
    {
        var root = Root(baseUri);
        return Array.ConvertAll(Paths, path => new Uri(root, path));
    }

    // A resource's address, as Azure's portal shows it, has no path.
    private Uri Root(Uri baseUri) =>
        dialect.HasAzurePaths && baseUri.AbsolutePath == "/" ? new Uri(baseUri, "/openai/v1/") : baseUri;

    private static Uri InDeployment(UpstreamTarget target, string path, string version) => new(
        target.BaseUri,
        $"/openai/deployments/{Uri.EscapeDataString(target.UpstreamModel)}/{path}?api-version={Uri.EscapeDataString(version)}");
}
