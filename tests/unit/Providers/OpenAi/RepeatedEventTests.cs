using System.Buffers;
using System.Text;
using CsCheck;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

/// <summary>The short way through a stream's repeating events must never be told from the long one.</summary>
public sealed class RepeatedEventTests
{
    private static readonly string[] Texts =
        ["a", " word", "", "\\n", "\\\"", "é", "\\ud83d\\ude00", "\",\"role\":\"user", "\"},\"finish_reason\":\"stop", "\u0001", "\n", "\\", "{\"error\":1}", "]}", "\u00ff\u00fe"];

    private static readonly string[] Heads =
        ["{\"id\":\"1\",", "{\"id\":\"2\",", "{\"usage\":null,", "{\"error\":null,", "{\"object\":\"error\","];

    private static readonly string[] Deltas =
        ["{\"content\":\"@\"}", "{\"role\":\"assistant\",\"content\":\"@\"}", "{\"content\":\"@\",\"reasoning\":\"r\"}", "{\"reasoning\":\"@\"}", "{\"content\":\"@\",\"tool_calls\":[{}]}"];

    private static readonly string[] Tails =
        [",\"finish_reason\":null}]}", ",\"finish_reason\":\"stop\"}]}", "}],\"usage\":null}", "}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}", "},{\"index\":1,\"delta\":{\"content\":\"b\"}}]}"];

    private static readonly Gen<string> Events =
        from head in One(Heads)
        from delta in One(Deltas)
        from text in One(Texts)
        from tail in One(Tails)
        select head + "\"choices\":[{\"index\":0,\"delta\":" + delta.Replace("@", text, StringComparison.Ordinal) + tail;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Translate_OfAnyEventAfterAnyOthers_DoesWhatItDoesToTheSameEventAlone(bool includeUsage) =>
        Events.Array[2, 8].Sample(
            events =>
            {
                var stream = new OpenAiStream(Request(includeUsage));
                foreach (var text in events)
                {
                    var data = Encoding.Latin1.GetBytes(text);
                    var alone = new ArrayBufferWriter<byte>();
                    var inStream = new ArrayBufferWriter<byte>();
                    var expected = new OpenAiStream(Request(includeUsage)).Translate([], data, alone);

                    // Pieces of calls without an index are numbered over the stream: the only thing that may differ.
                    Assert.Equal(expected, stream.Translate([], data, inStream));
                    if (!text.Contains("tool_calls", StringComparison.Ordinal))
                    {
                        Assert.Equal(Encoding.Latin1.GetString(alone.WrittenSpan), Encoding.Latin1.GetString(inStream.WrittenSpan));
                    }
                }
            },
            iter: 20_000);

    [Fact]
    public void Matches_TheSecondEventOfItsKind_KnowsTheThird()
    {
        var repeated = default(RepeatedEvent);
        var first = """{"a":"one","usage":null}"""u8;
        repeated.Learn(first, 6..9, 10..23);
        repeated.Learn(first, 6..9, 10..23);

        Assert.True(repeated.Matches("""{"a":"other","usage":null}"""u8, out var hidden));
        Assert.Equal(12..25, hidden);
        Assert.False(repeated.Matches("""{"a":"","usage":null}"""u8, out _));
        Assert.False(repeated.Matches("""{"a":"x\n","usage":null}"""u8, out _));
        Assert.False(repeated.Matches("""{"b":"x","usage":null}"""u8, out _));
    }

    private static Gen<string> One(string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    private static InferenceRequest Request(bool includeUsage) => new()
    {
        Operation = InferenceOperation.ChatCompletions,
        Body = "{}"u8.ToArray(),
        Model = "m",
        ModelToken = default,
        Stream = true,
        IncludeUsage = includeUsage,
        Required = ModelCapabilities.Chat,
    };
}
