using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Gives the members of a request the names that Chat Completions has for them, so that one table of a provider judges both.</summary>
internal sealed class MessagesFields(JsonElement root, FieldReader fields)
{
    private static readonly JsonElement Standard = Literal("\"default\"");
    private static readonly JsonElement Auto = Literal("\"auto\"");

    /// <summary>The end user; <see langword="null"/>: not said.</summary>
    public string? User { get; } = root.TryGetValue("metadata", out var metadata) ? fields.OptionalText(metadata, "user_id", "metadata.") : null;

    public Dictionary<string, JsonElement> Read()
    {
        var members = FieldReader.Members(root);
        members.Remove("system"); // one of the messages
        foreach (var name in (ReadOnlySpan<string>)["container", "mcp_servers"])
        {
            if (members.TryGetValue(name, out var kept) && !(kept.ValueKind == JsonValueKind.Array && kept.GetArrayLength() == 0))
            {
                fields.Refuse(Refusals.UnsupportedParameter(name, $"The field '{name}' is for models of Anthropic's own API."));
            }

            members.Remove(name);
        }

        Rename(members, "stop_sequences", "stop");
        Rename(members, "output_format", "response_format");
        ReadMetadata(members);
        ReadChoice(members);
        ReadThinking(members);
        ReadTier(members);
        return members;
    }

    private static void Rename(Dictionary<string, JsonElement> members, string from, string to)
    {
        if (members.Remove(from, out var value))
        {
            members[to] = value;
        }
    }

    private static void ReadMetadata(Dictionary<string, JsonElement> members)
    {
        if (members.Remove("metadata", out var metadata) && metadata.TryGetValue("user_id", out var user))
        {
            members["user"] = user;
        }
    }

    private static void ReadChoice(Dictionary<string, JsonElement> members)
    {
        if (members.TryGetValue("tool_choice", out var choice) && choice.TryGetValue("disable_parallel_tool_use", out var disabled))
        {
            members["parallel_tool_calls"] = disabled;
        }
    }

    private static void ReadThinking(Dictionary<string, JsonElement> members)
    {
        // What is off in other providers' models too, unless they are asked.
        if (members.TryGetValue("thinking", out var thinking) && thinking.GetText("type") == "disabled")
        {
            members.Remove("thinking");
        }

        if (!members.Remove("output_config", out var config) || config.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in config.EnumerateObject())
        {
            var name = member.Name switch
            {
                "format" => "response_format",
                "effort" when thinking.GetText("type") == "adaptive" => "reasoning_effort",
                _ => "output_config." + member.Name,
            };
            members[name] = member.Value;
        }
    }

    private static void ReadTier(Dictionary<string, JsonElement> members)
    {
        if (members.Remove("service_tier", out var tier))
        {
            members["service_tier"] = tier.ValueKind == JsonValueKind.String && tier.ValueEquals("standard_only"u8) ? Standard : Auto;
        }
    }

    private static JsonElement Literal(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
