using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Writes the fields of a model's maker, for which Converse has none of its own.</summary>
internal static class BedrockModelFields
{
    /// <summary>Where Claude tells which sequence ended its answer.</summary>
    public const string StopSequence = "stop_sequence";

    /// <summary>The client's own field for them.</summary>
    public const string Name = "additionalModelRequestFields";

    /// <summary>Writes what there is of them. What the client wrote itself goes before what its other fields come to.</summary>
    public static void Write(BedrockWriting writing, BedrockReasoning reasoning)
    {
        var (conversation, model, json, _) = writing;
        var fields = conversation.Fields.TryGetValue(Name, out var own) && own.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(own)!
            : [];
        if (reasoning.FieldName is { } name)
        {
            fields.TryAdd(name, reasoning.Field);
        }

        if (conversation.TopK is { } topK)
        {
            AddTopK(fields, topK, writing, reasoning);
        }

        if (fields.Count > 0)
        {
            json.WritePropertyName(Name);
            fields.WriteTo(json);
        }

        if (model.IsClaude && conversation.Stop.Count > 0)
        {
            json.WriteStartArray("additionalModelResponseFieldPaths"u8);
            json.WriteStringValue("/" + StopSequence);
            json.WriteEndArray();
        }
    }

    private static void AddTopK(JsonObject fields, int topK, BedrockWriting writing, BedrockReasoning reasoning)
    {
        var (_, model, _, notes) = writing;
        if (reasoning.RulesOutSampling)
        {
            notes.Dropped("top_k");
        }
        else if (model.IsClaude || model.IsMistral)
        {
            fields.TryAdd("top_k", topK);
        }
        else if (model.IsNova)
        {
            fields.TryAdd("inferenceConfig", new JsonObject { ["topK"] = topK });
        }
        else if (model.IsCohere)
        {
            fields.TryAdd("k", topK);
        }
        else
        {
            notes.Dropped("top_k");
        }
    }
}
