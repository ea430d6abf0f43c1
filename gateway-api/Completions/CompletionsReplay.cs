using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Completions;

/// <summary>Replays a <c>text_completion</c> as a stream of them: of each choice its text, then its finish; then usage, if it is asked for.</summary>
internal static class CompletionsReplay
{
    /// <returns><see langword="false"/>: there are no choices.</returns>
    public static bool Write(ReadOnlySpan<byte> answer, bool includesUsage, IBufferWriter<byte> output)
    {
        using var document = ReplayedEvents.Parse(answer);
        var root = document.RootElement;
        if (!root.TryGetValue("choices", out var choices) || choices.GetArrayLength() == 0)
        {
            return false;
        }

        foreach (var choice in choices.EnumerateArray())
        {
            WriteChunk(json => WriteChoice(json, choice, isFinish: false));
            WriteChunk(json => WriteChoice(json, choice, isFinish: true));
        }

        if (includesUsage && root.TryGetValue("usage", out var usage))
        {
            WriteChunk(static _ => { }, json => json.WriteMember("usage", usage));
        }

        return true;

        void WriteChunk(Action<Utf8JsonWriter> writeChoices, Action<Utf8JsonWriter>? writeUsage = null) => ReplayedEvents.Write(output, null, json =>
        {
            ReplayedEvents.WriteMembers(json, root, "choices", "usage");
            json.WriteStartArray("choices"u8);
            writeChoices(json);
            json.WriteEndArray();
            writeUsage?.Invoke(json);
        });
    }

    private static void WriteChoice(Utf8JsonWriter json, JsonElement choice, bool isFinish)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, isFinish ? "" : choice.GetText("text") ?? "");
        json.WriteString("finish_reason"u8, isFinish ? choice.GetText("finish_reason") ?? "stop" : null);
        if (isFinish)
        {
            json.WriteNull("logprobs"u8);
        }

        ReplayedEvents.WriteMembers(json, choice, isFinish ? ["text", "finish_reason", "logprobs"] : ["text", "finish_reason"]);
        json.WriteEndObject();
    }
}
