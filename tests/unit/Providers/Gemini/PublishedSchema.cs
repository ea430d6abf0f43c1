using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

/// <summary>
/// The members of <c>GenerateContentRequest</c> as Google publishes them (ai.google.dev/api/generate-content,
/// ai.google.dev/api/caching), as far as they concern what can be asked through the gateway. A <c>!</c> marks what must
/// be there, <c>[]</c> a list, <c>json</c> any value.
/// </summary>
internal static class PublishedSchema
{
    private static readonly Dictionary<string, Dictionary<string, string>> Messages = new(StringComparer.Ordinal)
    {
        ["GenerateContentRequest"] = Members(
            "contents:Content[]! tools:Tool[] toolConfig:ToolConfig safetySettings:SafetySetting[] systemInstruction:Content generationConfig:GenerationConfig cachedContent:string"),
        ["Content"] = Members("parts:Part[]! role:string"),
        ["Part"] = Members(
            "thought:boolean thoughtSignature:string text:string inlineData:Blob functionCall:FunctionCall functionResponse:FunctionResponse fileData:FileData"),
        ["Blob"] = Members("mimeType:string! data:string!"),
        ["FileData"] = Members("mimeType:string fileUri:string!"),
        ["FunctionCall"] = Members("id:string name:string! args:json"),
        ["FunctionResponse"] = Members("id:string name:string! response:json!"),
        ["Tool"] = Members("functionDeclarations:FunctionDeclaration[]"),
        ["FunctionDeclaration"] = Members("name:string! description:string! parameters:json parametersJsonSchema:json"),
        ["ToolConfig"] = Members("functionCallingConfig:FunctionCallingConfig"),
        ["FunctionCallingConfig"] = Members("mode:AUTO,ANY,NONE,VALIDATED allowedFunctionNames:string[]"),
        ["SafetySetting"] = Members("category:string! threshold:string!"),
        ["GenerationConfig"] = Members(
            "stopSequences:string[] responseMimeType:string responseSchema:json responseJsonSchema:json candidateCount:integer maxOutputTokens:integer temperature:number topP:number topK:integer seed:integer presencePenalty:number frequencyPenalty:number thinkingConfig:ThinkingConfig"),
        ["ThinkingConfig"] = Members("includeThoughts:boolean thinkingBudget:integer thinkingLevel:minimal,low,medium,high"),
    };

    /// <summary>Each fault of a request in words; empty: none.</summary>
    public static IReadOnlyList<string> Faults(JsonObject request)
    {
        var faults = new List<string>();
        CheckMessage(request, "GenerateContentRequest", "", faults);
        return faults;
    }

    private static void CheckMessage(JsonObject message, string type, string path, List<string> faults)
    {
        var members = Messages[type];
        faults.AddRange(members
            .Where(member => member.Value.EndsWith('!') && !message.ContainsKey(member.Key))
            .Select(member => $"{path}.{member.Key} is missing"));
        foreach (var (name, value) in message)
        {
            if (members.TryGetValue(name, out var expected))
            {
                CheckValue(value, expected.TrimEnd('!'), $"{path}.{name}", faults);
            }
            else
            {
                faults.Add($"{path}.{name} is not published");
            }
        }
    }

    private static void CheckValue(JsonNode? value, string type, string path, List<string> faults)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            if (value is not JsonArray list)
            {
                faults.Add($"{path} is no list");
                return;
            }

            for (var i = 0; i < list.Count; i++)
            {
                CheckValue(list[i], type[..^2], $"{path}[{i}]", faults);
            }
        }
        else if (Messages.ContainsKey(type))
        {
            if (value is JsonObject inner)
            {
                CheckMessage(inner, type, path, faults);
            }
            else
            {
                faults.Add($"{path} is no {type}");
            }
        }
        else if (!IsScalar(value, type))
        {
            faults.Add($"{path} is no {type}: {value?.ToJsonString()}");
        }
    }

    private static bool IsScalar(JsonNode? value, string type) => type switch
    {
        "json" => value is not null,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && int.TryParse(value.ToJsonString(), out _),
        _ => value?.GetValueKind() == JsonValueKind.String && type.Split(',').Contains((string?)value),
    };

    private static Dictionary<string, string> Members(string members) =>
        members.Split(' ').Select(static member => member.Split(':')).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
}
