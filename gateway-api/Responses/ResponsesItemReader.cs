using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// Reads <c>instructions</c> and <c>input</c>. What the model said in one turn (thoughts, text, calls) are items of their
/// own in Responses, and one message in every other dialect.
/// </summary>
internal sealed class ResponsesItemReader(FieldReader fields)
{
    private readonly ResponsesPartReader _parts = new(fields);
    private readonly List<Message> _messages = [];
    private AssistantTurn? _turn;

    public IReadOnlyList<Message> Read(JsonElement root)
    {
        if (fields.OptionalText(root, "instructions") is { Length: > 0 } instructions)
        {
            _messages.Add(new Message(Role.System) { Parts = [new TextPart(instructions, "instructions")], Path = "instructions" });
        }

        var before = _messages.Count;
        ReadInput(root);
        CloseTurn();
        if (_messages.Count == before)
        {
            fields.Refuse(Refusals.InvalidValue("input", "The field 'input' must have at least one message."));
        }

        return _messages;
    }

    private void ReadInput(JsonElement root)
    {
        if (root.TryGetValue("input", out var input) && input.ValueKind == JsonValueKind.String)
        {
            _messages.Add(new Message(Role.User) { Parts = [new TextPart(input.GetString()!, "input")], Path = "input" });
            return;
        }

        var index = 0;
        foreach (var item in fields.List(root, "input"))
        {
            ReadItem(item, $"input[{index++}]");
            if (fields.Fault is not null)
            {
                break;
            }
        }
    }

    private void ReadItem(JsonElement item, string path)
    {
        switch (item.GetText("type"))
        {
            case null or "message":
                ReadMessage(item, path);
                return;
            case "function_call":
                ReadCall(item, path);
                return;
            case "function_call_output":
                ReadResult(item, path);
                return;
            case "reasoning":
                ReadReasoning(item, path);
                return;
            case var type:
                fields.Refuse(Refusals.UnsupportedParameter(
                    path + ".type", $"Items of the type '{Shortened(type)}' need a provider that speaks Responses itself; this model's provider does not."));
                return;
        }
    }

    private void ReadMessage(JsonElement item, string path)
    {
        var role = ReadRole(item, path + ".");
        var parts = new List<Part>();
        _parts.Read(item, "content", path, parts);
        if (role != Role.Assistant)
        {
            CloseTurn();
            _messages.Add(new Message(role) { Parts = parts, Path = path });
            return;
        }

        if (_turn is { HasText: true, Calls.Count: 0 })
        {
            CloseTurn();
        }

        Turn(path).Parts.AddRange(parts);
    }

    private Role ReadRole(JsonElement item, string inner)
    {
        switch (fields.RequiredText(item, "role", inner))
        {
            case "system" or "developer":
                return Role.System;
            case "user":
                return Role.User;
            case "assistant":
                return Role.Assistant;
            case var role:
                fields.Refuse(Refusals.InvalidValue(
                    inner + "role", $"A message's role must be 'user', 'assistant', 'system' or 'developer', and not '{Shortened(role)}'."));
                return Role.User;
        }
    }

    private void ReadCall(JsonElement item, string path)
    {
        var inner = path + ".";
        Turn(path).Calls.Add(new ToolCall(
            fields.RequiredText(item, "call_id", inner),
            fields.RequiredText(item, "name", inner),
            fields.Arguments(fields.OptionalText(item, "arguments", inner), inner + "arguments")));
    }

    private void ReadResult(JsonElement item, string path)
    {
        CloseTurn();
        var parts = new List<Part>();
        _parts.Read(item, "output", path, parts);
        _messages.Add(new Message(Role.Tool) { Parts = parts, ToolCallId = fields.RequiredText(item, "call_id", path + "."), Path = path });
    }

    private void ReadReasoning(JsonElement item, string path)
    {
        var inner = path + ".";
        var thought = TextsOf(item, "content", inner) is { Length: > 0 } full ? full : TextsOf(item, "summary", inner);
        var signature = ResponsesSeal.Open(fields.OptionalText(item, "encrypted_content", inner), item.GetText("id"), out var isRedacted);
        if (thought.Length > 0 || signature is not null)
        {
            Turn(path).Parts.Add(new ReasoningPart(thought, signature, path) { IsRedacted = isRedacted });
        }
    }

    private string TextsOf(JsonElement item, string name, string inner) =>
        string.Join("\n\n", fields.List(item, name, inner).Select(static part => part.GetText("text")));

    private AssistantTurn Turn(string path) => _turn ??= new AssistantTurn(path);

    // Thoughts alone are what is left where a client has cut its history: no dialect takes a message of them.
    private void CloseTurn()
    {
        if (_turn is { } turn && (turn.Calls.Count > 0 || turn.HasText))
        {
            _messages.Add(new Message(Role.Assistant) { Parts = turn.Parts, Calls = turn.Calls, Path = turn.Path });
        }

        _turn = null;
    }

    private static string Shortened(string text) => text.Length <= 32 ? text : text[..32];

    private sealed record AssistantTurn(string Path)
    {
        public List<Part> Parts { get; } = [];

        public List<ToolCall> Calls { get; } = [];

        public bool HasText => Parts.Exists(static part => part is not ReasoningPart);
    }
}
