using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// The history that a client of Messages sends to Anthropic itself. Where other providers answered some of its turns, their
/// thoughts are in there too, with a signature of another maker or none: Anthropic refuses the whole request for one of them.
/// </summary>
internal sealed class AnthropicHistory
{
    private readonly TranslationNotes _notes;
    private readonly bool _leavesOutThinking;

    private AnthropicHistory(JsonElement root, TranslationNotes notes)
    {
        _notes = notes;
        _leavesOutThinking = root.TryGetValue("thinking", out var thinking) && thinking.GetText("type") == "enabled" && LosesThoughtsOfCalls(root);
    }

    /// <summary>Whether there are such thoughts: a look at the bytes, since in nearly all requests there are none.</summary>
    public static bool HasForeignThoughts(ReadOnlySpan<byte> body) => Finds(body, "\"signature\""u8, isEmptyToo: true) || Finds(body, "\"data\""u8, isEmptyToo: false);

    /// <summary>The request without them; <see langword="null"/>: it cannot be read, and goes on as it is.</summary>
    /// <param name="body">JSON without fault.</param>
    /// <param name="model">Anthropic's name of the model.</param>
    /// <param name="notes">Takes what is left out.</param>
    public static HttpContent? Without(ReadOnlyMemory<byte> body, string model, TranslationNotes notes)
    {
        AnthropicHistory? history = null;
        try
        {
            using var document = JsonDocument.Parse(body, NativeBody.ReaderOptions);
            history = new AnthropicHistory(document.RootElement, notes);
        }
        catch (InvalidOperationException)
        {
            return null;
        }

        return NativeBody.Write(body, model, history.WriteMember);
    }

    private bool WriteMember(JsonProperty member, Utf8JsonWriter json)
    {
        if (member.NameEquals("messages"u8) && member.Value.ValueKind == JsonValueKind.Array)
        {
            WriteMessages(member.Value, json);
            return true;
        }

        // With a budget, the turn whose results are sent has to begin with its thoughts; what edits thoughts needs thinking.
        if (_leavesOutThinking && (member.NameEquals("thinking"u8) || member.NameEquals("context_management"u8)))
        {
            _notes.Dropped(member.Name);
            return true;
        }

        return false;
    }

    private void WriteMessages(JsonElement messages, Utf8JsonWriter json)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in messages.EnumerateArray())
        {
            var blocks = BlocksOf(message);
            var kept = blocks.Where(static block => !IsForeign(block)).ToList();
            if (kept.Count == blocks.Count)
            {
                JsonText.Copy(message, json);
                continue;
            }

            // Anthropic takes no empty turn of an assistant; turns of one side in a row are one to it.
            _notes.Dropped("messages.thinking");
            if (kept.Count > 0)
            {
                WriteMessage(message, kept, json);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteMessage(JsonElement message, List<JsonElement> blocks, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var member in message.EnumerateObject())
        {
            if (!member.NameEquals("content"u8))
            {
                JsonText.Copy(member.Name, member.Value, json);
                continue;
            }

            json.WriteStartArray("content"u8);
            blocks.ForEach(block => JsonText.Copy(block, json));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static bool LosesThoughtsOfCalls(JsonElement root)
    {
        if (!root.TryGetValue("messages", out var messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() < 2)
        {
            return false;
        }

        var turns = messages.EnumerateArray().ToList();
        var answer = BlocksOf(turns.FindLast(static turn => turn.GetText("role") == "assistant"));
        return BlocksOf(turns[^1]).Exists(static block => block.GetText("type") == "tool_result")
            && answer.Exists(IsForeign)
            && answer.Find(static block => !IsForeign(block)).GetText("type") is not ("thinking" or "redacted_thinking");
    }

    private static List<JsonElement> BlocksOf(JsonElement message) =>
        message.TryGetValue("content", out var content) && content.ValueKind == JsonValueKind.Array ? [.. content.EnumerateArray()] : [];

    private static bool IsForeign(JsonElement block) => block.GetText("type") switch
    {
        "thinking" => !ThoughtSignature.IsClaudes(block.GetText("signature")),
        "redacted_thinking" => !ThoughtSignature.IsClaudes(block.GetText("data")),
        _ => false,
    };

    private static bool Finds(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name, bool isEmptyToo)
    {
        while (body.IndexOf(name) is >= 0 and var place)
        {
            body = body[(place + name.Length)..];
            var value = body.TrimStart(" \t\r\n:"u8);
            if (value is [(byte)'"', .. var text] && ((isEmptyToo && text is [(byte)'"', ..]) || ThoughtSignature.IsMarked(text)))
            {
                return true;
            }
        }

        return false;
    }
}
