using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Writes <c>systemInstruction</c> and <c>contents</c>. Turns of one side in a row become one; the results of a turn's
/// calls stand together, in the order of the calls, as Gemini wants them.
/// </summary>
internal sealed class GeminiContents(
    Conversation conversation, GeminiVersion version, Utf8JsonWriter json, TranslationNotes notes)
{
    private readonly Dictionary<string, (string Name, int Place)> _calls = new(StringComparer.Ordinal);
    private readonly GeminiMedia _media = new(json, notes);
    private string? _turn;

    /// <summary>Writes both, or returns why they cannot be sent.</summary>
    public Refusal? Write()
    {
        var (system, others) = Split();
        if (system.Count > 0)
        {
            json.WriteStartObject("systemInstruction"u8);
            json.WriteStartArray("parts"u8);
            system.ForEach(WriteText);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartArray("contents"u8);
        for (var i = 0; i < others.Count;)
        {
            if ((others[i].Role == Role.Tool ? WriteResults(others, ref i) : WriteMessage(others[i++])) is { } refusal)
            {
                return refusal;
            }
        }

        if (_turn is null)
        {
            // Empty texts are left out elsewhere; here there is nothing else, and the provider may judge.
            OpenTurn("user");
            WriteText("");
        }

        CloseTurn();
        json.WriteEndArray();
        return null;
    }

    // Gemini answers contents, never instructions alone: where there is nothing else, they are what the user says.
    private (List<string> System, List<Message> Others) Split()
    {
        var others = conversation.Messages.Where(static message => message.Role != Role.System).ToList();
        return others.Count == 0
            ? ([], [.. conversation.Messages.Select(static message => message with { Role = Role.User })])
            : ([.. conversation.Messages.Where(static message => message.Role == Role.System).SelectMany(Texts)], others);
    }

    private static IEnumerable<string> Texts(Message message) =>
        message.Parts.OfType<TextPart>().Select(static part => part.Text).Where(static text => text.Length > 0);

    private Refusal? WriteMessage(Message message)
    {
        if (message.Name is not null)
        {
            notes.Dropped("messages.name");
        }

        var turn = message.Role == Role.Assistant ? "model" : "user";
        foreach (var part in message.Parts)
        {
            if (WritePart(part, turn) is { } refusal)
            {
                return refusal;
            }
        }

        var signature = SignatureOf(message);
        foreach (var call in message.Calls)
        {
            OpenTurn(turn);
            WriteCall(call, call.Signature ?? signature);
            signature = null;
        }

        return null;
    }

    private Refusal? WritePart(Part part, string turn)
    {
        switch (part)
        {
            case TextPart { Text.Length: > 0 } text:
                OpenTurn(turn);
                WriteText(text.Text);
                return null;
            case RefusalPart { Text.Length: > 0 } refusal:
                OpenTurn(turn);
                WriteText(refusal.Text);
                return null;
            case ImagePart or FilePart or AudioPart:
                OpenTurn(turn);
                return _media.Write(part);
            default:
                // Empty texts, which Gemini refuses, and thoughts, which it does not need.
                return null;
        }
    }

    private void WriteText(string text)
    {
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }

    private string? SignatureOf(Message message)
    {
        foreach (var thought in message.Parts.OfType<ReasoningPart>())
        {
            if (GeminiSignature.TryFromReasoning(thought.Signature, out var signature))
            {
                return signature;
            }
        }

        return version.ChecksSignatures ? GeminiSignature.Unknown : null;
    }

    private void WriteCall(ToolCall call, string? signature)
    {
        _calls[call.Id] = (call.Name, _calls.Count);
        json.WriteStartObject();
        json.WriteStartObject("functionCall"u8);
        if (version.TakesCallIds)
        {
            json.WriteString("id"u8, call.Id);
        }

        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("args"u8);
        json.WriteRawValue(call.Arguments);
        json.WriteEndObject();
        if (signature is not null)
        {
            json.WriteString("thoughtSignature"u8, signature);
        }

        json.WriteEndObject();
    }

    private Refusal? WriteResults(List<Message> messages, ref int next)
    {
        var results = new List<(Message Message, string Name, int Place)>();
        for (; next < messages.Count && messages[next].Role == Role.Tool; next++)
        {
            var message = messages[next];
            if (!_calls.TryGetValue(message.ToolCallId ?? "", out var call))
            {
                return Refusals.InvalidValue($"{message.Path}.tool_call_id", "A tool's message must answer a call of an assistant's message before it.");
            }

            results.Add((message, call.Name, call.Place));
        }

        OpenTurn("user");
        var ordered = results.OrderBy(static result => result.Place).ToList();
        ordered.ForEach(result => WriteResult(result.Message, result.Name));
        foreach (var part in ordered.SelectMany(static result => result.Message.Parts).Where(static part => part is ImagePart or FilePart or AudioPart))
        {
            if (_media.Write(part) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private void WriteResult(Message message, string name)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionResponse"u8);
        if (version.TakesCallIds)
        {
            json.WriteString("id"u8, message.ToolCallId);
        }

        json.WriteString("name"u8, name);

        // As text, even where it holds an object: Google keeps numbers in objects as floating point.
        json.WriteStartObject("response"u8);
        json.WriteString(message.IsToolError ? "error"u8 : "output"u8, message.Text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void OpenTurn(string role)
    {
        if (_turn == role)
        {
            return;
        }

        if (_turn is not null)
        {
            CloseTurn();
        }

        _turn = role;
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteStartArray("parts"u8);
    }

    private void CloseTurn()
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
