using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>
/// The request of Converse as Amazon's API reference has it (<c>API_runtime_Converse</c> and the types it names, as of
/// bedrock-runtime 2023-09-30): members, those that must be there, and unions, of which exactly one member is there.
/// Written by hand; <c>*</c> is any JSON, <c>$</c> any scalar, <c>[…]</c> a list.
/// </summary>
internal static class BedrockSchema
{
    private static readonly Dictionary<string, Shape> Shapes = new(StringComparer.Ordinal)
    {
        ["Request"] = Structure(
            "messages:[Message]", "system:[SystemBlock]", "inferenceConfig:Inference", "toolConfig:ToolConfig", "guardrailConfig:*", "additionalModelRequestFields:*",
            "promptVariables:*", "additionalModelResponseFieldPaths:[$]", "requestMetadata:*", "performanceConfig:*", "serviceTier:Tier", "outputConfig:Output"),
        ["Message"] = Structure("role!:$", "content!:[Block]"),
        ["SystemBlock"] = Union("text:$", "guardContent:*", "cachePoint:CachePoint"),
        ["Block"] = Union(
            "text:$", "image:Image", "document:Document", "video:*", "audio:Image", "toolUse:ToolUse", "toolResult:ToolResult", "guardContent:*",
            "cachePoint:CachePoint", "reasoningContent:Reasoning", "citationsContent:*", "searchResult:*"),
        ["Image"] = Structure("format!:$", "source!:Source"),
        ["Document"] = Structure("name!:$", "source!:Source", "format:$", "context:$", "citations:*"),
        ["Source"] = Union("bytes:$", "s3Location:*", "text:$", "content:*"),
        ["ToolUse"] = Structure("toolUseId!:$", "name!:$", "input!:*", "type:$"),
        ["ToolResult"] = Structure("toolUseId!:$", "content!:[ResultBlock]", "status:$", "type:$"),
        ["ResultBlock"] = Union("json:*", "text:$", "image:Image", "document:Document", "video:*", "searchResult:*"),
        ["Reasoning"] = Union("reasoningText:ReasoningText", "redactedContent:$"),
        ["ReasoningText"] = Structure("text!:$", "signature:$"),
        ["CachePoint"] = Structure("type!:$", "ttl:$"),
        ["Inference"] = Structure("maxTokens:$", "temperature:$", "topP:$", "stopSequences:[$]"),
        ["ToolConfig"] = Structure("tools!:[Tool]", "toolChoice:ToolChoice"),
        ["Tool"] = Union("toolSpec:ToolSpec", "systemTool:*", "cachePoint:CachePoint"),
        ["ToolSpec"] = Structure("name!:$", "inputSchema!:InputSchema", "description:$", "strict:$"),
        ["InputSchema"] = Union("json:*"),
        ["ToolChoice"] = Union("auto:Nothing", "any:Nothing", "tool:NamedTool"),
        ["Nothing"] = Structure(),
        ["NamedTool"] = Structure("name!:$"),
        ["Tier"] = Structure("type!:$"),
        ["Output"] = Structure("textFormat:TextFormat", "effort:$"),
        ["TextFormat"] = Structure("type!:$", "structure!:TextStructure"),
        ["TextStructure"] = Union("jsonSchema:JsonSchema"),
        ["JsonSchema"] = Structure("schema!:$", "name:$", "description:$"),
    };

    /// <summary>What of a request the reference does not have, or misses; empty: nothing.</summary>
    public static IReadOnlyList<string> Check(JsonObject request)
    {
        var faults = new List<string>();
        Check(request, "Request", "request", faults);
        return faults;
    }

    private static void Check(JsonNode? node, string type, string path, List<string> faults)
    {
        switch (type)
        {
            case "*":
                return;
            case "$" when node is JsonValue:
                return;
            case ['[', .. var item, ']'] when node is JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    Check(array[i], item, $"{path}[{i}]", faults);
                }

                return;
            case not ("$" or ['[', ..]) when node is JsonObject value:
                Check(value, Shapes[type], path, faults);
                return;
            default:
                faults.Add($"{path} is not of the type {type}");
                return;
        }
    }

    private static void Check(JsonObject value, Shape shape, string path, List<string> faults)
    {
        faults.AddRange(shape.Required.Where(name => !value.ContainsKey(name)).Select(name => $"{path}.{name} is missing"));
        if (shape.IsUnion && value.Count != 1)
        {
            faults.Add($"{path} has {value.Count} members of a union");
        }

        foreach (var (name, member) in value)
        {
            if (shape.Members.TryGetValue(name, out var type))
            {
                Check(member, type, $"{path}.{name}", faults);
            }
            else
            {
                faults.Add($"{path}.{name} is unknown");
            }
        }
    }

    private static Shape Structure(params ReadOnlySpan<string> members) => Make(members, isUnion: false);

    private static Shape Union(params ReadOnlySpan<string> members) => Make(members, isUnion: true);

    private static Shape Make(ReadOnlySpan<string> members, bool isUnion)
    {
        var shape = new Shape([], [], isUnion);
        foreach (var member in members)
        {
            var parts = member.Split(':');
            var name = parts[0].TrimEnd('!');
            shape.Members.Add(name, parts[1]);
            if (parts[0].EndsWith('!'))
            {
                shape.Required.Add(name);
            }
        }

        return shape;
    }

    private sealed record Shape(Dictionary<string, string> Members, List<string> Required, bool IsUnion);
}
