namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Every parser of foreign bytes there is.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<FuzzTarget> Create() =>
    [
        .. RequestTargets.Create(),
        new ConversationPrefixTarget(),
        new FormTarget(),
        new HeadersTarget(),
        new DataUrlTarget(),
        new ApiKeyTarget(),
        new TokenTarget(),
        new AdminProviderTarget(),
        new ConfigurationTarget(),
        .. FramingTarget.Create(),
        new OpenAiStreamTarget(),
        new OpenAiAnswerTarget(),
        new ResponsesStreamTarget(),
        new ResponsesAnswerTarget(),
        new AnthropicStreamTarget(),
        new AnthropicAnswerTarget(),
        new GeminiStreamTarget(),
        new GeminiAnswerTarget(),
        new BedrockStreamTarget(),
        new BedrockAnswerTarget(),
        new CohereStreamTarget(),
        new CohereAnswerTarget(),
        new OllamaStreamTarget(),
        new OllamaAnswerTarget(),
        .. CustomStreamTarget.Create(),
        new CustomAnswerTarget(),
        .. EmbeddingsTarget.Create(),
        new EmbeddingsDivisionTarget(),
        .. ErrorTarget.Create(),
        new RetryAdviceTarget(),
        new QuotaHeadersTarget(),
        new ModelListTarget(),
        new AccessTokenTarget(),
        new ProviderKeyTarget(),
        new KeySnapshotTarget(),
        new FileSealTarget(),
        new SecretEnvelopeTarget(),
        new LeaseBookTarget(),
        new TextSegmentsTarget(),
        new TextTermsTarget(),
    ];
}
