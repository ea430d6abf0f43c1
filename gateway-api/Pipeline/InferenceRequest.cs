using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// A client's request as one pass over its body found it. The bytes stay as they came; positions tell where to patch.
/// Lives as long as the request: <see cref="Body"/> is pooled.
/// </summary>
internal sealed record InferenceRequest
{
    private const int BytesPerToken = 4;

    private ConversationReading? _conversation;

    /// <summary>What is asked for.</summary>
    public required InferenceOperation Operation { get; init; }

    /// <summary>How the client speaks.</summary>
    public ClientDialect Dialect { get; init; } = ChatDialect.Instance;

    /// <summary>What of the client's headers may go on to a provider of its dialect.</summary>
    public DialectHeaders Headers { get; set; } = DialectHeaders.None;

    /// <summary>The whole body: one JSON object, UTF-8, checked for depth and duplicate keys at its top level; or a form.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The model's name as the client wrote it, unescaped.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Where the model's JSON string stands in <see cref="Body"/>, quotes included; of a form, the bare name; empty: the
    /// client named none.
    /// </summary>
    public required Range ModelToken { get; init; }

    /// <summary>Of a form: its content type, boundary included; <see langword="null"/>: the body is JSON.</summary>
    public MediaTypeHeaderValue? FormType { get; init; }

    /// <summary>Of a request for embeddings: where the value of <c>input</c> stands in <see cref="Body"/>; else empty.</summary>
    public Range InputToken { get; init; }

    /// <summary>Whether the answer is to be streamed.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the client asked for usage in the stream (<c>stream_options.include_usage</c>).</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Where the value of <c>stream_options</c> stands in <see cref="Body"/>; empty: the client sent none.</summary>
    public Range StreamOptionsToken { get; init; }

    /// <summary>Where the value of <c>include_usage</c> stands in <see cref="Body"/>; empty: the client sent none.</summary>
    public Range IncludeUsageToken { get; init; }

    /// <summary>What to leave out of <see cref="Body"/> so that <c>stream_options</c> is gone, comma included; empty: nothing.</summary>
    public Range StreamOptionsMember { get; init; }

    /// <summary>Where the last brace of <see cref="Body"/> stands: members may be added before it.</summary>
    public int ClosingBrace { get; init; }

    /// <summary>What a model must be able to do for this request.</summary>
    public ModelCapabilities Required { get; init; }

    /// <summary>The answer's limit that the client set (<c>max_tokens</c>, <c>max_completion_tokens</c>); 0: none.</summary>
    public int MaxOutputTokens { get; init; }

    /// <summary>What the model's context leaves for an answer that the client has not limited, for providers that must be told a limit; 0: as much as the model can say.</summary>
    public int AnswerRoomTokens { get; init; }

    /// <summary>The prompt's length in tokens, where it was told; <see langword="null"/>: to be estimated from <see cref="Body"/>.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>The prompt's length in tokens: as told, else a rough estimate, good enough to compare prices, contexts and times.</summary>
    public int EstimatedPromptTokens => PromptTokens ?? (Body.Length / BytesPerToken);

    /// <summary>How many answers are asked for (<c>n</c>); at least 1.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>How many answers are made and paid for, told or not (<c>n</c>, <c>best_of</c>); at least 1.</summary>
    public int PaidChoices { get; init; } = 1;

    /// <summary>The answer that the request goes on from (<c>previous_response_id</c>); <see langword="null"/>: none.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>
    /// Whether the attempt under way speaks the client's dialect with its provider. Set by the adapter that makes the
    /// upstream request, where that depends on the provider's entry.
    /// </summary>
    public bool IsNative { get; set; }

    /// <summary>Told the id under which a provider keeps its answer, as soon as it is known; <see langword="null"/>: nobody asks.</summary>
    public Action<string>? AnswerKept { get; set; }

    /// <summary>The request in the form that is translated, read when it is first asked for.</summary>
    public ConversationReading ReadConversation() => _conversation ??= JsonText.HasHalfPair(Body.Span)
        ? Refusals.InvalidJson("The body holds text that is not valid Unicode: half a surrogate pair.")
        : Dialect.Read(Body);
}
