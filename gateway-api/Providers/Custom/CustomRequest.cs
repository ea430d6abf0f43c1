using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Writes a conversation into a provider's template.</summary>
internal sealed class CustomRequest(CustomShape shape)
{
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
        if (CustomMessages.AddTo(values, conversation, shape.Template.Used, notes) is { } fault)
        {
            return fault;
        }

        AddSettings(values, conversation);
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        shape.Template.Write(json, values);
        return null;
    }

    private Refusal? Unfit(InferenceRequest request, Conversation conversation)
    {
        var field = request.Stream && shape.Event is null ? "stream"
            : conversation.Tools.Count > 0 ? "tools"
            : conversation.Format.Kind != AnswerFormatKind.Text ? "response_format"
            : null;
        return field is null ? null : Refusals.UnsupportedParameter(field, $"This model's provider has no place for '{field}'.");
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
