using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>The sampling parameters that Converse has a field for, both from 0 to 1; <see langword="null"/>: not sent.</summary>
internal readonly record struct BedrockSampling(double? Temperature, double? TopP)
{
    /// <summary>What of a client's wishes one model takes.</summary>
    public static BedrockSampling Choose(BedrockWriting writing, BedrockReasoning reasoning)
    {
        var (conversation, model, _, notes) = writing;
        var temperature = conversation.Temperature;
        var topP = conversation.TopP == 1 ? null : conversation.TopP;
        if (reasoning.RulesOutSampling)
        {
            Drop("temperature", temperature, notes);
            Drop("top_p", topP, notes);
            return default;
        }

        if (temperature > 1)
        {
            notes.Changed("temperature", "lowered to 1");
            temperature = 1;
        }

        // Claude takes both only up to version 4.
        if (temperature is not null && topP is not null && model.Claude is { HasStructuredOutputs: true } or { Major: 4, Minor: >= 1 })
        {
            Drop("top_p", topP, notes);
            topP = null;
        }

        return new BedrockSampling(temperature, topP);
    }

    public void Write(Utf8JsonWriter json)
    {
        if (Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }

        if (TopP is { } topP)
        {
            json.WriteNumber("topP"u8, topP);
        }
    }

    private static void Drop(string field, double? value, TranslationNotes notes)
    {
        if (value is not null)
        {
            notes.Dropped(field);
        }
    }
}
