using System.Buffers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Custom;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OwnCode;
using ProxyCluster.Tests.Unit.Hooks;
using ProxyCluster.Tests.Unit.Messages;
using ProxyCluster.Tests.Unit.Providers.Anthropic;
using ProxyCluster.Tests.Unit.Providers.Bedrock;
using ProxyCluster.Tests.Unit.Providers.Cohere;
using ProxyCluster.Tests.Unit.Providers.Gemini;
using ProxyCluster.Tests.Unit.Providers.Ollama;
using ProxyCluster.Tests.Unit.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Unit.Streaming;

/// <summary>
/// A stream is committed by its first content and by nothing before it, whoever provides it: until then another provider
/// can take over.
/// </summary>
public sealed class CommitPointTests
{
    private const string Streamed = "\"stream\":true";

    // Each: who provides, what comes before the first content, and that content. A part before "|" is the event's name.
    private static readonly (string Provider, string[] Before, string Content)[] Streams =
    [
        ("openai", [
            """{"id":"c","choices":[],"prompt_filter_results":[]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"content":null},"finish_reason":null}]}""",
            """{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":0}}""",
            """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":null}]}"""],
            """{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"""),
        ("openai", [], """{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}"""),
        ("openai", [], """{"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"Well"},"finish_reason":null}]}"""),
        ("openai", [], """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""),
        ("openai-translated", [
            """{"id":"c","choices":[],"prompt_filter_results":[]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
            """{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":0}}"""],
            """{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"""),
        ("anthropic", [
            """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":5,"output_tokens":1}}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":""}}"""],
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}}"""),
        ("anthropic-copied", [
            """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":5,"output_tokens":1}}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":""}}""",
            """{"type":"message_delta","delta":{},"usage":{"output_tokens":1}}"""],
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}}"""),
        ("responses", [
            """{"type":"response.created","response":{"id":"r"}}""",
            """{"type":"response.in_progress","response":{"id":"r"}}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"message","role":"assistant","content":[]}}""",
            """{"type":"response.content_part.added","output_index":0,"part":{"type":"output_text","text":""}}""",
            """{"type":"response.output_text.delta","output_index":0,"delta":""}"""],
            """{"type":"response.output_text.delta","output_index":0,"delta":"Hi"}"""),
        ("responses-copied", [
            """{"type":"response.created","response":{"id":"r"}}""",
            """{"type":"response.queued","response":{"id":"r"}}""",
            """{"type":"response.in_progress","response":{"id":"r"}}""",
            """{"type":"keepalive"}""",
            """{"type":"response.web_search_call.in_progress","output_index":0}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"message","role":"assistant","content":[]}}""",
            """{"type":"response.content_part.added","output_index":0,"part":{"type":"output_text","text":""}}""",
            """{"type":"response.output_text.delta","output_index":0,"delta":""}"""],
            """{"type":"response.output_text.delta","output_index":0,"delta":"Hi"}"""),
        ("gemini", [
            """{"usageMetadata":{"promptTokenCount":3}}""",
            """{"candidates":[{"content":{"role":"model"}}],"modelVersion":"g"}""",
            """{"candidates":[{"content":{"role":"model","parts":[{"text":""}]}}]}"""],
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]}}]}"""),
        ("bedrock", [
            """messageStart|{"role":"assistant"}""",
            """contentBlockDelta|{"contentBlockIndex":0,"delta":{"text":""}}""",
            """contentBlockDelta|{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":""}}}"""],
            """contentBlockDelta|{"contentBlockIndex":0,"delta":{"text":"Hi"}}"""),
        ("cohere", [
            """{"id":"x","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_calls":[]}}}""",
            """{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}""",
            """{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":""}}}}"""],
            """{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}"""),
        ("ollama", [
            """{"model":"q","message":{"role":"assistant","content":""},"done":false}"""],
            """{"model":"q","message":{"role":"assistant","content":"Hi"},"done":false}"""),
        ("custom", ["""{"meta":1}""", """{"d":""}""", """{"u":{"in":4,"out":0}}"""], """{"d":"Hi"}"""),
        ("own-code", ["""{"model":"m","id":"i"}""", """{"usage":[4,0,0,0,0]}"""], """{"text":"Hi"}"""),
    ];

    public static TheoryData<int> Numbers() => [.. Enumerable.Range(0, Streams.Length)];

    [Theory, MemberData(nameof(Numbers))]
    public void Stream_IsCommittedByItsFirstContentAndNothingBefore(int number)
    {
        var (provider, before, content) = Streams[number];
        var translator = Translator(provider);
        var output = new ArrayBufferWriter<byte>();

        Assert.All(before, data => Assert.True(
            Translate(translator, data, output) == StreamSignal.None, $"{provider}: {data} is no content."));
        Assert.Equal(StreamSignal.Content, Translate(translator, content, output));
    }

    [Fact]
    public void Table_HasEveryKindOfProvider() => Assert.Equal(12, Streams.Select(stream => stream.Provider).Distinct().Count());

    private static StreamSignal Translate(StreamTranslator translator, string text, ArrayBufferWriter<byte> output)
    {
        var bar = text.StartsWith('{') ? -1 : text.IndexOf('|', StringComparison.Ordinal);
        return translator.Translate(
            bar < 0 ? default : Encoding.UTF8.GetBytes(text[..bar]), Encoding.UTF8.GetBytes(text[(bar + 1)..]), output);
    }

    private static StreamTranslator Translator(string provider) => provider switch
    {
        "openai" => new OpenAiStream(HookCase.Chat().Exchange.Request!),
        "openai-translated" => new OpenAiDecoder(Responses(isNative: false).Dialect.CreateStream(Responses(isNative: false), DateTimeOffset.UnixEpoch)),
        "anthropic" => AnthropicCase.Adapter.CreateStream(AnthropicCase.Ask(Streamed)),
        "anthropic-copied" => AnthropicCase.Adapter.CreateStream(MessagesCase.Ask(Streamed)),
        "responses" => ResponsesProviderCase.Adapter.CreateStream(ResponsesProviderCase.Ask(Streamed)),
        "responses-copied" => ResponsesProviderCase.Adapter.CreateStream(Responses(isNative: true)),
        "gemini" => GeminiCase.Adapter.CreateStream(GeminiCase.Ask(Streamed)),
        "bedrock" => BedrockCase.Adapter.CreateStream(BedrockCase.Ask(Streamed)),
        "cohere" => CohereCase.Provider.Adapter.CreateStream(CohereCase.Provider.Chat(Streamed)),
        "ollama" => OllamaCase.Provider.Adapter.CreateStream(OllamaCase.Provider.Chat(Streamed)),
        "custom" => Custom().CreateStream(OllamaCase.Provider.Chat(Streamed)),
        "own-code" => new PieceReader(OllamaCase.Provider.Chat(Streamed).Dialect.CreateStream(OllamaCase.Provider.Chat(Streamed), DateTimeOffset.UnixEpoch)),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "No such provider."),
    };

    private static InferenceRequest Responses(bool isNative)
    {
        var request = ResponsesProviderCase.Request("""{"model":"m","input":"x","stream":true}""", InferenceOperation.Responses);
        request.IsNative = isNative;
        return request;
    }

    private static CustomAdapter Custom() => new(new FakeTimeProvider(), new CustomShape(new CustomOptions
    {
        Request = """{"m":"{{model}}","msgs":"{{messages}}"}""",
        Response = { Text = "t" },
        Stream = new CustomStreamOptions { Text = "d", Finish = "why", PromptTokens = "u.in", CompletionTokens = "u.out", EndMarker = "[DONE]" },
    }.ToMapping()));
}
