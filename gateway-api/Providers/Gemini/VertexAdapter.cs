using System.Buffers;
using System.Net.Http.Headers;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Gemini on Vertex AI. The base URL ends at the API's version or at the project's location; what it leaves out of
/// project and location comes from a service account's file and the host's name.
/// </summary>
internal sealed class VertexAdapter(TimeProvider clock) : GeminiAdapter(clock)
{
    private const string Publisher = "publishers/google/models/";
    private const string Endpoint = "endpoints/";
    private const string HostSuffix = "-aiplatform.googleapis.com";

    // From Google's guide to text embeddings; its newer models take one.
    private const int MostInstances = 250;

    // Any model will do where none is named: what is asked is whether the key is taken.
    private const string UsualModel = "gemini-2.5-flash";

    private static readonly byte[] ProbeBody = """{"contents":[{"role":"user","parts":[{"text":"."}]}]}"""u8.ToArray();

    private readonly TimeProvider _clock = clock;

    /// <inheritdoc/>
    public override string Type => "vertex";

    /// <inheritdoc/>
    public override string DefaultBaseUrl => "https://aiplatform.googleapis.com/v1";

    /// <inheritdoc/>
    public override int MostEmbeddingInputs(string upstreamModel) =>
        upstreamModel.Contains("gemini-embedding", StringComparison.Ordinal) ? 1 : MostInstances;

    /// <inheritdoc/>
    public override HttpMessageHandler Wrap(HttpMessageHandler handler) => new AccessTokenHandler(handler, _clock);

    /// <summary>Counts the tokens of one character: free of charge, and it shows that key, project, location and model fit.</summary>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target)
    {
        var model = target.Definition.Models.Select(static entry => entry.UpstreamId ?? entry.Id).FirstOrDefault(static id => !id.Contains('*', StringComparison.Ordinal));
        var message = CreateMessage(HttpMethod.Post, PathOf(target with { UpstreamModel = model ?? UsualModel }) + ":countTokens", target);
        message.Content = new ByteArrayContent(ProbeBody);
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return message;
    }

    /// <summary>
    /// What Google publishes on the platform, in one page: no list tells what a project may use. Only this version has it,
    /// and it knows neither project nor location.
    /// </summary>
    public override HttpRequestMessage CreateModelList(UpstreamTarget target) =>
        CreateMessage(HttpMethod.Get, "/v1beta1/" + Publisher[..^1] + "?pageSize=1000", target);

    /// <inheritdoc/>
    protected override string PathOf(UpstreamTarget target)
    {
        var model = target.UpstreamModel;
        var name = model.StartsWith(Publisher, StringComparison.Ordinal) ? model[Publisher.Length..] : model;
        return PrefixOf(target) + (model.StartsWith(Endpoint, StringComparison.Ordinal)
            ? Endpoint + Uri.EscapeDataString(model[Endpoint.Length..])
            : Publisher + Uri.EscapeDataString(name));
    }

    /// <inheritdoc/>
    protected override GeminiVersion VersionOf(UpstreamTarget target) =>
        base.VersionOf(target) with { LacksCallIds = !target.BaseUri.AbsolutePath.StartsWith("/v1beta", StringComparison.Ordinal) };

    /// <inheritdoc/>
    protected override string WriteEmbeddings(EmbeddingWish wish, UpstreamTarget target, IBufferWriter<byte> output)
    {
        EmbeddingsRequest.WritePrediction(wish, output);
        return PathOf(target) + ":predict";
    }

    /// <inheritdoc/>
    protected override void Authorize(HttpRequestMessage message, Secret key)
    {
        var credential = VertexCredential.Of(key);
        switch (credential.Kind)
        {
            case VertexCredentialKind.ServiceAccount:
                message.Options.Set(AccessTokenHandler.Account, credential.Account);
                return;
            case VertexCredentialKind.ApiKey:
                message.Headers.TryAddWithoutValidation("x-goog-api-key", key.Reveal());
                return;
            case VertexCredentialKind.AccessToken:
                message.Headers.TryAddWithoutValidation("Authorization", key.RevealAsBearer());
                return;
            default:
                // A file that cannot be read: Google refuses the request, and the operator learns of it as of any refused key.
                return;
        }
    }

    private static string PrefixOf(UpstreamTarget target)
    {
        if (target.BaseUri.AbsolutePath.Contains("/projects/", StringComparison.Ordinal)
            || target.Key is not { } key || VertexCredential.Of(key).Account?.ProjectId is not { Length: > 0 } project)
        {
            return "";
        }

        var host = target.BaseUri.Host;
        var location = host.EndsWith(HostSuffix, StringComparison.OrdinalIgnoreCase) ? host[..^HostSuffix.Length] : "global";
        return $"projects/{Uri.EscapeDataString(project)}/locations/{location}/";
    }
}
