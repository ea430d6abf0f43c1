using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Turns a chat request in OpenAI's form into one for <c>POST /messages</c>.</summary>
internal static class AnthropicRequest
{
    private const int DefaultMaxTokens = 4096;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The gateway's own limit on depth was applied when the body was read.
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 512 };

    /// <summary>Writes the request, or returns why Anthropic cannot be asked.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="output">Takes the body.</param>
    /// <param name="notes">Takes what was left out.</param>
    public static Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        try
        {
            using var document = JsonDocument.Parse(request.Body, ReaderOptions);
            using var json = new Utf8JsonWriter(output, WriterOptions);
            return WriteObject(document.RootElement, target, request, json, notes);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a string.
            return Refusals.InvalidJson("The body holds text that is not valid Unicode or not valid JSON.");
        }
    }

    private static Refusal? WriteObject(JsonElement root, UpstreamTarget target, InferenceRequest request, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (AnthropicFields.Judge(root, notes) is { } refusal)
        {
            return refusal;
        }

        var version = ClaudeVersion.Parse(target.UpstreamModel);
        var maxTokens = request.MaxOutputTokens > 0 ? request.MaxOutputTokens
            : target.Entry.MaxOutputTokens > 0 ? target.Entry.MaxOutputTokens
            : DefaultMaxTokens;
        var thinking = AnthropicThinking.Choose(root, version, maxTokens, notes);

        json.WriteStartObject();
        json.WriteString("model"u8, target.UpstreamModel);
        json.WriteNumber("max_tokens"u8, maxTokens);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        var fault = new AnthropicMessages(json, notes).Write(root)
            ?? AnthropicTools.Write(root, version, json, notes)
            ?? WriteSampling(root, thinking, json, notes)
            ?? WriteStop(root, json, notes)
            ?? WriteOutputConfig(root, version, thinking, json)
            ?? WriteUser(root, json);
        if (fault is not null)
        {
            return fault;
        }

        thinking.Write(json);
        WriteServiceTier(root, json, notes);
        json.WriteEndObject();
        return null;
    }

    private static Refusal? WriteSampling(JsonElement root, AnthropicThinking thinking, Utf8JsonWriter json, TranslationNotes notes)
    {
        foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p", "top_k"])
        {
            if (!root.TryGetValue(name, out var value))
            {
                continue;
            }

            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number < 0)
            {
                return Refusals.InvalidValue(name, $"The field '{name}' must be a number of 0 or more.");
            }

            // A top_p of 1 asks for nothing, and newer models take only one of the two.
            if (name == "top_p" && number == 1)
            {
                continue;
            }

            if (thinking.IsOn && (name != "temperature" || number != 1))
            {
                notes.Dropped(name);
            }
            else if (name == "temperature" && number > 1)
            {
                json.WriteNumber("temperature"u8, 1);
                notes.Changed(name, "lowered to 1");
            }
            else
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }

        return null;
    }

    private static Refusal? WriteStop(JsonElement root, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (!root.TryGetValue("stop", out var stop))
        {
            return null;
        }

        var sequences = new List<string>();
        if (stop.ValueKind == JsonValueKind.String)
        {
            sequences.Add(stop.GetString()!);
        }
        else if (stop.ValueKind == JsonValueKind.Array && stop.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String))
        {
            sequences.AddRange(stop.EnumerateArray().Select(static item => item.GetString()!));
        }
        else
        {
            return Refusals.InvalidValue("stop", "The field 'stop' must be a string or a list of strings.");
        }

        // Anthropic refuses sequences of white space.
        if (sequences.RemoveAll(string.IsNullOrWhiteSpace) > 0)
        {
            notes.Changed("stop", "sequences of white space dropped");
        }

        if (sequences.Count > 0)
        {
            json.WriteStartArray("stop_sequences"u8);
            sequences.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }

        return null;
    }

    private static Refusal? WriteOutputConfig(JsonElement root, ClaudeVersion version, AnthropicThinking thinking, Utf8JsonWriter json)
    {
        JsonElement? schema = null;
        if (root.TryGetValue("response_format", out var format))
        {
            switch (format.GetText("type"))
            {
                case "text":
                    break;
                case "json_schema" when !version.HasStructuredOutputs:
                    return Refusals.UnsupportedParameter("response_format", "This model knows no JSON schema for its answer.");
                case "json_schema":
                    if (!format.TryGetValue("json_schema", out var definition) || !definition.TryGetValue("schema", out var found))
                    {
                        return Refusals.MissingField("response_format.json_schema.schema");
                    }

                    schema = found;
                    break;
                case "json_object":
                    return Refusals.UnsupportedParameter("response_format", "This model's provider (Anthropic) has no JSON mode without a schema. Use the type 'json_schema'.");
                default:
                    return Refusals.InvalidValue("response_format", "The field 'response_format' must have the type 'text', 'json_object' or 'json_schema'.");
            }
        }

        if (schema is null && thinking.Effort is null)
        {
            return null;
        }

        json.WriteStartObject("output_config"u8);
        if (thinking.Effort is { } effort)
        {
            json.WriteString("effort"u8, effort);
        }

        if (schema is { } value)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("schema"u8);
            value.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        return null;
    }

    private static Refusal? WriteUser(JsonElement root, Utf8JsonWriter json)
    {
        var name = root.TryGetValue("safety_identifier", out var user) ? "safety_identifier" : "user";
        if (name == "user" && !root.TryGetValue("user", out user))
        {
            return null;
        }

        if (user.ValueKind != JsonValueKind.String)
        {
            return Refusals.InvalidValue(name, $"The field '{name}' must be a string.");
        }

        json.WriteStartObject("metadata"u8);
        json.WritePropertyName("user_id"u8);
        user.WriteTo(json);
        json.WriteEndObject();
        return null;
    }

    private static void WriteServiceTier(JsonElement root, Utf8JsonWriter json, TranslationNotes notes)
    {
        switch (root.GetText("service_tier"))
        {
            case null:
                break;
            case "auto":
                json.WriteString("service_tier"u8, "auto"u8);
                break;
            case "default":
                json.WriteString("service_tier"u8, "standard_only"u8);
                break;
            default:
                notes.Dropped("service_tier");
                break;
        }
    }
}
