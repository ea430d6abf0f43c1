using System.Buffers;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>The Gemini API of Google AI. The key goes in a header, never in the address, where logs would keep it.</summary>
internal sealed class GoogleAiAdapter(TimeProvider clock) : GeminiAdapter(clock)
{
    private const string Base = "models/";
    private const string Tuned = "tunedModels/";
    private const int MostRequests = 100; // of one batchEmbedContents, from its refusal of more

    /// <inheritdoc/>
    public override string Type => "gemini";

    /// <inheritdoc/>
    public override string DefaultBaseUrl => "https://generativelanguage.googleapis.com/v1beta";

    /// <inheritdoc/>
    public override int MostEmbeddingInputs(string upstreamModel) => MostRequests;

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) => CreateMessage(HttpMethod.Get, "models?pageSize=1", target);

    /// <inheritdoc/>
    public override HttpRequestMessage CreateModelList(UpstreamTarget target) =>
        CreateMessage(HttpMethod.Get, "models?pageSize=1000", target); // the most of a page

    /// <inheritdoc/>
    protected override string PathOf(UpstreamTarget target) => target.UpstreamModel.StartsWith(Tuned, StringComparison.Ordinal)
        ? Tuned + Uri.EscapeDataString(target.UpstreamModel[Tuned.Length..])
        : Base + Uri.EscapeDataString(BaseNameOf(target));

    /// <inheritdoc/>
    protected override string WriteEmbeddings(EmbeddingWish wish, UpstreamTarget target, IBufferWriter<byte> output)
    {
        EmbeddingsRequest.WriteBatch(wish, Base + BaseNameOf(target), output);
        return PathOf(target) + ":batchEmbedContents";
    }

    /// <inheritdoc/>
    protected override void Authorize(HttpRequestMessage message, Secret key) => message.Headers.TryAddWithoutValidation("x-goog-api-key", key.Reveal());

    private static string BaseNameOf(UpstreamTarget target) =>
        target.UpstreamModel.StartsWith(Base, StringComparison.Ordinal) ? target.UpstreamModel[Base.Length..] : target.UpstreamModel;
}
