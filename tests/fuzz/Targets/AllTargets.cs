namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Every parser of foreign bytes there is.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> Create() =>
    [
        new RequestTarget(),
        new ApiKeyTarget(),
        new ConfigurationTarget(),
        new EventStreamTarget(),
        new OpenAiStreamTarget(),
        new OpenAiAnswerTarget(),
        new AnthropicStreamTarget(),
        new AnthropicAnswerTarget(),
        new AnthropicErrorTarget(),
        new MessagesRequestTarget(),
        new MessagesStreamTarget(),
        new MessagesAnswerTarget(),
        new CohereStreamTarget(),
        new CohereAnswerTarget(),
        new OllamaStreamTarget(),
        new OllamaAnswerTarget(),
        new GeminiStreamTarget(),
        new GeminiAnswerTarget(),
        new GeminiErrorTarget(),
        new GeminiEmbeddingsTarget(),
        new AmazonEventTarget(),
        new BedrockStreamTarget(),
        new BedrockAnswerTarget(),
        new ResponsesStreamTarget(),
        new ResponsesAnswerTarget(),
        new ResponsesClientTarget(),
    ];
}
