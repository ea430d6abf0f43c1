using System.Text.Json;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Shows how a <c>custom_ai</c> is spoken to, as <see cref="ProviderCustomReader"/> reads it.</summary>
internal static class ProviderCustomWriter
{
    /// <summary>Writes the member <c>custom</c>; nothing for other types.</summary>
    public static void Write(Utf8JsonWriter json, CustomMapping? mapping)
    {
        if (mapping is null)
        {
            return;
        }

        json.WriteStartObject("custom"u8);
        json.WriteString("chatPath"u8, mapping.ChatPath);
        json.WriteString("completionPath"u8, mapping.CompletionPath);
        json.WriteString("healthPath"u8, mapping.HealthPath);
        json.WriteString("modelsPath"u8, mapping.ModelsPath);
        json.WriteString("keyHeader"u8, mapping.KeyHeader);
        json.WritePropertyName("request"u8);
        json.WriteRawValue(mapping.Request);
        WriteResponse(json, mapping.Response);
        WriteStream(json, mapping.Stream);
        json.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter json, CustomAnswerMapping response)
    {
        json.WriteStartObject("response"u8);
        json.WriteString("text"u8, response.Text);
        json.WriteString("finish"u8, response.Finish);
        json.WriteStartObject("finishWords"u8);
        foreach (var (word, meaning) in response.FinishWords)
        {
            json.WriteString(word, meaning);
        }

        json.WriteEndObject();
        json.WriteString("promptTokens"u8, response.PromptTokens);
        json.WriteString("completionTokens"u8, response.CompletionTokens);
        json.WriteString("id"u8, response.Id);
        json.WriteString("error"u8, response.Error);
        WriteCalls(json, response.Calls);
        json.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter json, CustomStreamMapping? stream)
    {
        if (stream is null)
        {
            json.WriteNull("stream"u8);
            return;
        }

        json.WriteStartObject("stream"u8);
        json.WriteString("framing"u8, stream.IsLines ? "ndjson" : "sse");
        json.WriteString("text"u8, stream.Text);
        json.WriteString("finish"u8, stream.Finish);
        json.WriteString("promptTokens"u8, stream.PromptTokens);
        json.WriteString("completionTokens"u8, stream.CompletionTokens);
        json.WriteString("endMarker"u8, stream.EndMarker);
        WriteCalls(json, stream.Calls);
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, CustomCallMapping? calls)
    {
        if (calls is null)
        {
            json.WriteNull("calls"u8);
            return;
        }

        json.WriteStartObject("calls"u8);
        json.WriteString("list"u8, calls.List);
        json.WriteString("id"u8, calls.Id);
        json.WriteString("name"u8, calls.Name);
        json.WriteString("arguments"u8, calls.Arguments);
        json.WriteString("index"u8, calls.Index);
        json.WriteEndObject();
    }
}
