using System.Text;
using System.Text.Json;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>
/// A provider's whole answer as the same provider would have streamed it. <see langword="null"/> where that cannot be told:
/// it is no answer, or has line feeds, which would end an event.
/// </summary>
internal static class AnswerAsStream
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static byte[]? OfGemini(byte[] answer) => Make(answer, static (root, stream) => Event(stream, root.GetRawText()));

    public static byte[]? OfOpenAi(byte[] answer) => Make(answer, static (root, stream) =>
    {
        var choice = root.GetProperty("choices")[0];
        var message = choice.GetProperty("message");

        // In a stream, a piece without a name goes on with the call before it; in a whole answer it is no call.
        if (Items(message, "tool_calls").Any(static call => call.GetProperty("function").GetProperty("name").GetString() is not { Length: > 0 }))
        {
            return;
        }

        // Refused is what comes after what was said: members of a whole answer have no order that means anything.
        var members = message.EnumerateObject()
            .Where(static member => member.Name is "content" or "refusal" or "reasoning_content" or "reasoning" or "tool_calls")
            .OrderBy(static member => member.Name == "refusal")
            .Select(static member => $"\"{member.Name}\":{member.Value.GetRawText()}");
        Event(stream, $$$$"""{"choices":[{"index":0,"delta":{ {{{{string.Join(',', members)}}}} }}]}""");
        Event(stream, $$"""{"choices":[{"index":0,"delta":{},"finish_reason":{{Raw(choice, "finish_reason")}}}]}""");
        Event(stream, "[DONE]");
    });

    public static byte[]? OfAnthropic(byte[] answer) => Make(answer, static (message, stream) =>
    {
        Event(stream, """{"type":"message_start","message":{"content":[]}}""");
        var index = 0;
        foreach (var block in message.GetProperty("content").EnumerateArray())
        {
            var piece = Text(block, "type") switch
            {
                "text" => $$"""{"type":"text_delta","text":{{Raw(block, "text")}}}""",
                "thinking" => $$"""{"type":"thinking_delta","thinking":{{Raw(block, "thinking")}}}""",
                "tool_use" => """{"type":"input_json_delta","partial_json":""}""",
                _ => null,
            };
            var begun = Text(block, "type") is "tool_use" ? block.GetRawText() : $$"""{"type":{{Raw(block, "type")}}}""";
            Event(stream, $$"""{"type":"content_block_start","index":{{index}},"content_block":{{begun}}}""");
            if (piece is not null)
            {
                Event(stream, $$"""{"type":"content_block_delta","index":{{index}},"delta":{{piece}}}""");
            }

            Event(stream, $$"""{"type":"content_block_stop","index":{{index++}}}""");
        }

        Event(stream, $$$$"""{"type":"message_delta","delta":{"stop_reason":{{{{Raw(message, "stop_reason")}}}},"stop_details":{{{{Raw(message, "stop_details")}}}}}}""");
        Event(stream, """{"type":"message_stop"}""");
    });

    public static byte[]? OfCohere(byte[] answer) => Make(answer, static (root, stream) =>
    {
        var message = root.GetProperty("message");
        Event(stream, """{"type":"message-start"}""");
        Event(stream, $$$$"""{"type":"tool-plan-delta","delta":{"message":{"tool_plan":{{{{Raw(message, "tool_plan")}}}}}}}""");
        foreach (var part in Items(message, "content"))
        {
            Event(stream, $$$$"""{"type":"content-delta","delta":{"message":{"content":{{{{part.GetRawText()}}}}}}}""");
        }

        if (Text(message, "content").Length > 0)
        {
            Event(stream, $$$$$"""{"type":"content-delta","delta":{"message":{"content":{"text":{{{{{Raw(message, "content")}}}}} }}}}""");
        }

        var index = 0;
        foreach (var call in Items(message, "tool_calls"))
        {
            Event(stream, $$$$"""{"type":"tool-call-start","index":{{{{index}}}},"delta":{"message":{"tool_calls":{{{{call.GetRawText()}}}}}}}""");
            Event(stream, $$"""{"type":"tool-call-end","index":{{index++}}}""");
        }

        Event(stream, $$$$"""{"type":"message-end","delta":{"finish_reason":{{{{Raw(root, "finish_reason")}}}}}}""");
        Event(stream, "[DONE]");
    });

    public static byte[]? OfResponses(byte[] answer) => Make(answer, static (root, stream) =>
    {
        Event(stream, """{"type":"response.created","response":{}}""");
        foreach (var (kind, member) in new[] { ("output_text", "text"), ("refusal", "refusal") })
        {
            foreach (var part in Items(root, "output").Where(static item => Text(item, "type") is "message").SelectMany(static item => Items(item, "content")))
            {
                Event(stream, $$"""{"type":"response.{{kind}}.delta","delta":{{Raw(part, member)}}}""");
            }
        }

        var index = 0;
        foreach (var item in Items(root, "output"))
        {
            var parts = Text(item, "type") is not "reasoning" ? default
                : Items(item, "summary").Any(static part => Text(part, "text").Length > 0) ? Items(item, "summary") : Items(item, "content");
            var part = 0;
            foreach (var thought in parts.Where(static thought => Has(thought, "text")))
            {
                Event(stream, $$"""{"type":"response.reasoning_summary_text.delta","output_index":{{index}},"summary_index":{{part++}},"delta":{{Raw(thought, "text")}}}""");
            }

            if (Text(item, "type") is "function_call")
            {
                Event(stream, $$"""{"type":"response.output_item.added","output_index":{{index}},"item":{{item.GetRawText()}}}""");
                Event(stream, $$"""{"type":"response.output_item.done","output_index":{{index}},"item":{{item.GetRawText()}}}""");
            }

            index++;
        }

        Event(stream, $$"""{"type":"response.completed","response":{{root.GetRawText()}}}""");
    });

    public static byte[]? OfBedrock(byte[] answer) => Make(answer, static (root, stream) =>
    {
        Frame(stream, "messageStart", """{"role":"assistant"}""");
        var index = 0;
        foreach (var block in Items(root.GetProperty("output").GetProperty("message"), "content"))
        {
            if (Has(block, "text"))
            {
                Delta(stream, index, $$"""{"text":{{Raw(block, "text")}}}""");
            }

            if (block.TryGetProperty("reasoningContent", out var reasoning) && reasoning.TryGetProperty("reasoningText", out var thought) && Has(thought, "text"))
            {
                Delta(stream, index, $$$$"""{"reasoningContent":{"text":{{{{Raw(thought, "text")}}}}}}""");
            }

            if (block.TryGetProperty("citationsContent", out var cited))
            {
                foreach (var piece in Items(cited, "content").Where(static piece => Has(piece, "text")))
                {
                    Delta(stream, index, $$"""{"text":{{Raw(piece, "text")}}}""");
                }
            }

            if (block.TryGetProperty("toolUse", out var call))
            {
                Frame(stream, "contentBlockStart", $$$"""{"contentBlockIndex":{{{index}}},"start":{"toolUse":{{{call.GetRawText()}}}}}""");
            }

            Frame(stream, "contentBlockStop", $$"""{"contentBlockIndex":{{index++}}}""");
        }

        Frame(stream, "messageStop", $$"""{"stopReason":{{Raw(root, "stopReason")}}}""");
        Frame(stream, "metadata", "{}");
    });

    private static byte[]? Make(byte[] answer, Action<JsonElement, MemoryStream> write)
    {
        if (answer.AsSpan().ContainsAny((byte)'\n', (byte)'\r'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(answer, Options);
            using var stream = new MemoryStream();
            write(document.RootElement, stream);
            return stream.Length == 0 ? null : stream.ToArray();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static void Event(MemoryStream stream, string data) => stream.Write(Encoding.UTF8.GetBytes($"data: {data}\n\n"));

    private static void Delta(MemoryStream stream, int index, string delta) =>
        Frame(stream, "contentBlockDelta", $$"""{"contentBlockIndex":{{index}},"delta":{{delta}}}""");

    private static void Frame(MemoryStream stream, string name, string data) => stream.Write(AmazonFrame.Of(name, Encoding.UTF8.GetBytes(data)));

    private static bool Has(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String;

    private static string Raw(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var value) ? value.GetRawText() : "null";

    private static string Text(JsonElement parent, string member) => Has(parent, member) ? parent.GetProperty(member).GetString()! : "";

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
}
