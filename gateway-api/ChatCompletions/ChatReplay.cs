using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>
/// Replays a <c>chat.completion</c> as chunks: of each choice the role, all that its message holds, and the finish; then
/// usage, if it is asked for. Members that are not known are kept.
/// </summary>
internal sealed class ChatReplay(JsonElement answer, bool includesUsage, IBufferWriter<byte> output)
{
    /// <returns><see langword="false"/>: there are no choices.</returns>
    public static bool Write(ReadOnlySpan<byte> answer, bool includesUsage, IBufferWriter<byte> output)
    {
        using var document = ReplayedEvents.Parse(answer);
        return new ChatReplay(document.RootElement, includesUsage, output).Write();
    }

    private bool Write()
    {
        if (!answer.TryGetValue("choices", out var choices) || choices.GetArrayLength() == 0)
        {
            return false;
        }

        foreach (var choice in choices.EnumerateArray())
        {
            WriteChoice(choice);
        }

        if (includesUsage && answer.TryGetValue("usage", out var usage))
        {
            WriteChunk(static _ => { }, usage);
        }

        return true;
    }

    private void WriteChoice(JsonElement choice)
    {
        var message = choice.GetProperty("message");
        var index = choice.GetCount("index");
        choice.TryGetValue("logprobs", out var logprobs);
        WriteDelta(default, null, json => json.WriteString("role"u8, message.GetText("role") ?? "assistant"));
        WriteDelta(logprobs, null, json => WriteSaid(json, message));
        WriteDelta(default, choice.GetText("finish_reason") ?? "stop", static _ => { });

        void WriteDelta(JsonElement probabilities, string? finish, Action<Utf8JsonWriter> writeDelta) => WriteChunk(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, index);
            json.WriteStartObject("delta"u8);
            writeDelta(json);
            json.WriteEndObject();
            WriteOrNull(json, "logprobs", probabilities);
            json.WriteString("finish_reason"u8, finish);
            json.WriteEndObject();
        });
    }

    private void WriteChunk(Action<Utf8JsonWriter> writeChoices, JsonElement usage = default) => ReplayedEvents.Write(output, null, json =>
    {
        ReplayedEvents.WriteMembers(json, answer, "object", "choices", "usage");
        json.WriteString("object"u8, "chat.completion.chunk"u8);
        json.WriteStartArray("choices"u8);
        writeChoices(json);
        json.WriteEndArray();
        if (includesUsage)
        {
            WriteOrNull(json, "usage", usage);
        }
    });

    private static void WriteOrNull(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            json.WriteNullValue();
            return;
        }

        value.WriteTo(json);
    }

    private static void WriteSaid(Utf8JsonWriter json, JsonElement message)
    {
        foreach (var member in message.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null && member.Name != "role"))
        {
            if (member.Name == "tool_calls")
            {
                WriteCalls(json, member.Value);
            }
            else
            {
                member.WriteTo(json);
            }
        }
    }

    private static void WriteCalls(Utf8JsonWriter json, JsonElement calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var (index, call) in calls.EnumerateArray().Index())
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, index);
            ReplayedEvents.WriteMembers(json, call, "index");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
