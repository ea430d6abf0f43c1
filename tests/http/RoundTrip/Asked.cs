using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>What a provider was asked, as its own reader understands it: one line a thing, so that a difference is seen where it is.</summary>
internal sealed class Asked
{
    private readonly List<string> _head = [];
    private readonly List<string> _turns = [];
    private string _instructions = "";

    /// <summary>Whether a stream is wanted.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>What the assistant had thought, with the provider's signature.</summary>
    public List<string> Thoughts { get; } = [];

    /// <summary>The ids of the results that were told.</summary>
    public List<string> ResultIds { get; } = [];

    /// <summary>How many calls were sent back.</summary>
    public int Calls { get; private set; }

    public IReadOnlyList<string> Lines => [$"system {Quote(_instructions)}", .. _head, .. _turns];

    public void Instruct(string? text) => _instructions += text;

    public void Tool(string? name, string? description, JsonNode? schema) => _head.Add($"tool {name} {Quote(description)} {Sorted(schema)}");

    public void Schema(JsonNode? schema) => _head.Add($"schema {Sorted(schema)}");

    /// <summary>Text of whoever has a role.</summary>
    public void Say(string? role, string? text)
    {
        switch (role)
        {
            case "system" or "developer":
                Instruct(text);
                break;
            case "user":
                User(text);
                break;
            case "assistant" or "model":
                Assistant(text);
                break;
            default:
                throw new InvalidOperationException($"unknown role '{role}'");
        }
    }

    public void User(string? text) => _turns.Add($"user {Quote(text)}");

    public void Image(string? type, string? base64) => _turns.Add($"image {type} {base64}");

    /// <summary>A data URL.</summary>
    public void Image(string? url)
    {
        var comma = url!.IndexOf(',', StringComparison.Ordinal);
        Image(url["data:".Length..comma].Replace(";base64", "", StringComparison.Ordinal), url[(comma + 1)..]);
    }

    /// <summary>Nothing is told of an assistant that only calls.</summary>
    public void Assistant(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _turns.Add($"assistant {Quote(text)}");
        }
    }

    public void Call(string? id, string? name, JsonNode? arguments)
    {
        Calls++;
        _turns.Add($"call {id} {name} {Sorted(arguments)}");
    }

    public void Thought(string? text, string? signature) => Thoughts.Add($"{Quote(text)} {signature}".TrimEnd());

    public void Result(string? id, string? text)
    {
        ResultIds.Add(id ?? "");
        _turns.Add($"result {id} {Quote(text)}");
    }

    private static string Quote(string? text) => text is null ? "none" : $"'{text}'";

    private static string Sorted(JsonNode? node) => node switch
    {
        null => "none",
        JsonObject members => "{" + string.Join(',', members.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => $"{member.Key}:{Sorted(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Sorted)) + "]",
        _ => node.GetValueKind() == JsonValueKind.String ? Quote((string?)node) : node.ToJsonString(),
    };
}
