using System.Buffers;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Speaks to models on Amazon Bedrock by Converse and ConverseStream, and to embedding models by InvokeModel. What becomes
/// of each field of a request is told in <c>docs/providers/bedrock.md</c>.
/// </summary>
internal sealed class BedrockAdapter(TimeProvider clock) : ProviderAdapter
{
    private const string Service = "bedrock";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // A key is read once: the same one is asked with again and again.
    private readonly ConditionalWeakTable<Secret, Key> _keys = [];

    /// <inheritdoc/>
    public override string Type => "bedrock";

    /// <summary>None: the base URL says which region is asked.</summary>
    public override string? DefaultBaseUrl => null;

    /// <inheritdoc/>
    public override bool NeedsKey => true;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities =>
        ModelCapabilities.Chat | ModelCapabilities.Embeddings | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json
        | ModelCapabilities.Streaming;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) => operation.IsChat() || operation == InferenceOperation.Embeddings;

    /// <summary>Also the host of the same region where models are listed.</summary>
    public override bool IsOwnAddress(Uri baseUri, Uri address) =>
        base.IsOwnAddress(baseUri, address) || base.IsOwnAddress(BedrockEndpoint.Of(baseUri).Control, address);

    /// <inheritdoc/>
    public override int MostEmbeddingInputs(string upstreamModel) => BedrockEmbeddings.MostTexts(upstreamModel);

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        // Names that would lead to another path.
        if (target.UpstreamModel is "" or "." or "..")
        {
            return Refusals.ModelNotFound(request.Model);
        }

        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        var isChat = request.Operation.IsChat();
        var refusal = isChat ? BedrockRequest.Write(target, request, body, notes) : BedrockEmbeddings.Write(target, request, body, notes);
        if (refusal is not null)
        {
            return refusal;
        }

        var isStream = isChat && request.Stream;
        var action = isStream ? "converse-stream" : isChat ? "converse" : "invoke";
        var message = CreateMessage(HttpMethod.Post, BedrockEndpoint.Of(target.BaseUri).ForModel(target.UpstreamModel, action), target, body.WrittenMemory);
        message.Headers.TryAddWithoutValidation("Accept", isStream ? "application/vnd.amazon.eventstream" : "application/json");
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (request.Operation == InferenceOperation.Embeddings)
        {
            return BedrockEmbeddings.Translate(request, body, output);
        }

        if (BedrockAnswer.Read(body, HasAnswerTool(request)) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) =>
        new BedrockDecoder(request.Dialect.CreateStream(request, clock.GetUtcNow()), HasAnswerTool(request));

    /// <inheritdoc/>
    public override EventReader CreateEventReader(int maxEventBytes) => new AmazonEventReader(maxEventBytes);

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        BedrockErrors.Read(status, headers, body, clock.GetUtcNow());

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) =>
        CreateMessage(HttpMethod.Get, BedrockEndpoint.Of(target.BaseUri).ForModels(), target, default);

    private static bool HasAnswerTool(InferenceRequest request) => BedrockFormat.MayBeTool(request.ReadConversation().Conversation);

    private HttpRequestMessage CreateMessage(HttpMethod method, Uri uri, UpstreamTarget target, ReadOnlyMemory<byte> body)
    {
        var message = new HttpRequestMessage(method, uri);
        if (method == HttpMethod.Post)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = Json;
        }

        message.Headers.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        Authorize(message, target, body);
        foreach (var header in target.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }

    private void Authorize(HttpRequestMessage message, UpstreamTarget target, ReadOnlyMemory<byte> body)
    {
        if (target.Key is not { } secret)
        {
            return;
        }

        if (_keys.GetValue(secret, static secret => new Key(AwsCredentials.TryParse(secret.Reveal()))).Credentials is not { } credentials)
        {
            message.Headers.TryAddWithoutValidation("Authorization", secret.RevealAsBearer());
            return;
        }

        var uri = message.RequestUri!;
        var signature = new AwsSignature(BedrockEndpoint.Of(target.BaseUri).RegionOr(target.Definition.Region), Service, clock.GetUtcNow());
        List<KeyValuePair<string, string>> headers = [new("host", uri.Authority), new("x-amz-date", signature.Date)];
        message.Headers.TryAddWithoutValidation("x-amz-date", signature.Date);
        if (credentials.SessionToken is { } token)
        {
            headers.Add(new("x-amz-security-token", token));
            message.Headers.TryAddWithoutValidation("x-amz-security-token", token);
        }

        var signed = new AwsRequest(message.Method.Method, uri.AbsolutePath, headers, body);
        message.Headers.TryAddWithoutValidation("Authorization", signature.Sign(signed, credentials));
    }

    /// <param name="Credentials"><see langword="null"/>: it is an API key of Bedrock.</param>
    private sealed record Key(AwsCredentials? Credentials);
}
