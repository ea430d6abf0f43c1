using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Writes a conversation into a provider's template.</summary>
internal sealed class CustomRequest(CustomShape shape)
{
    // A schema stands here as deep as in the client's request, which was read already.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly FieldTable _fields = CustomFields.TableOf(shape.Template);

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    public Refusal? Write(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> output, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        if (reading.Conversation is not { } conversation)
        {
            return reading.Refusal;
        }

        if ((_fields.Judge(conversation, notes) ?? Unfit(request, conversation)) is { } refusal)
        {
            return refusal;
        }

        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["model"] = ToJson(target.UpstreamModel),
            ["stream"] = ToJson(request.Stream),
        };
        if (CustomMessages.AddTo(values, conversation, UsedBy(request), notes) is { } fault)
        {
            return fault;
        }

        AddSettings(values, conversation);
        AddToolsAndFormat(values, conversation);
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        shape.Template.Write(json, values);
        return null;
    }

    // Where a template has a place for both, a text completion is its prompt, and a chat its messages.
    private IReadOnlySet<string> UsedBy(InferenceRequest request)
    {
        var used = shape.Template.Used;
        return request.Operation == InferenceOperation.Completions ? used.Where(static name => !CustomMessages.IsList(name)).ToHashSet()
            : used.Any(CustomMessages.IsList) ? used.Where(static name => name != "prompt").ToHashSet()
            : used;
    }

    private Refusal? Unfit(InferenceRequest request, Conversation conversation)
    {
        var used = shape.Template.Used;
        var field = request.Stream && shape.Event is null ? "stream"
            : conversation.Tools.Count > 0 && !used.Contains("tools") ? "tools"
            : conversation.ToolChoice.ForcesCall && !used.Contains("tool_choice") ? "tool_choice"
            : IsFormatPlaced(conversation.Format.Kind, used) ? null
            : "response_format";
        return field is null ? null : Refusals.UnsupportedParameter(field, $"This model's provider has no place for '{field}'.");
    }

    private static bool IsFormatPlaced(AnswerFormatKind kind, IReadOnlySet<string> used) => kind switch
    {
        AnswerFormatKind.Text => true,
        AnswerFormatKind.JsonSchema => used.Contains("response_format") || used.Contains("json_schema"),
        _ => used.Contains("response_format"),
    };

    private void AddToolsAndFormat(Dictionary<string, JsonElement> values, Conversation conversation)
    {
        // A provider that cannot be told not to call is not told of anything to call.
        var isSilenced = conversation.ToolChoice.Kind == ToolChoiceKind.None && !shape.Template.Used.Contains("tool_choice");
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, JsonText.WriterOptions))
        {
            json.WriteStartObject();
            OpenAiChatRequest.WriteTools(isSilenced ? conversation with { Tools = [] } : conversation, json);
            OpenAiChatRequest.WriteFormat(conversation.Format, json);
            json.WriteEndObject();
        }

        foreach (var member in JsonDocument.Parse(body.WrittenMemory, Deep).RootElement.EnumerateObject())
        {
            values[member.Name] = member.Value;
        }

        if (conversation.Format.Kind == AnswerFormatKind.JsonSchema)
        {
            values["json_schema"] = conversation.Format.Schema;
        }
    }

    private static void AddSettings(Dictionary<string, JsonElement> values, Conversation conversation)
    {
        Add("max_tokens", conversation.MaxOutputTokens > 0 ? conversation.MaxOutputTokens : (int?)null);
        Add("temperature", conversation.Temperature);
        Add("top_p", conversation.TopP);
        Add("top_k", conversation.TopK);
        Add("seed", conversation.Seed);
        Add("frequency_penalty", conversation.FrequencyPenalty);
        Add("presence_penalty", conversation.PresencePenalty);
        Add("stop", conversation.Stop.Count > 0 ? conversation.Stop : null);
        Add("user", conversation.User);

        void Add<T>(string name, T? value)
        {
            if (value is not null)
            {
                values[name] = ToJson(value);
            }
        }
    }

    private static JsonElement ToJson<T>(T value) => JsonSerializer.SerializeToElement(value);
}
