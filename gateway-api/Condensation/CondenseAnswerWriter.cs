using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Writes the answer of <c>POST /v1/context/condense</c>.</summary>
internal static class CondenseAnswerWriter
{
    private const int Decimals = 3;

    /// <summary>Writes it.</summary>
    /// <param name="output">Takes the JSON.</param>
    /// <param name="model">As the client named it.</param>
    /// <param name="asked">What was asked.</param>
    /// <param name="layout">The conversation as it came.</param>
    /// <param name="report">How long it took.</param>
    /// <param name="result">What is left.</param>
    public static void Write(
        IBufferWriter<byte> output, string model, CondenseParameters asked, ConversationLayout layout, CondensationReport report, CondensationResult result)
    {
        var messages = new ArrayBufferWriter<byte>();
        CondensedBody.WriteList(layout, result.Messages, keepsTimestamps: true, messages);
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("object"u8, "context.condensed");
        json.WriteString("model"u8, model);
        json.WriteString("strategy"u8, StrategyNames.Of(asked.Strategy));
        json.WritePropertyName("messages"u8);
        json.WriteRawValue(messages.WrittenSpan, skipInputValidation: true);
        json.WriteString("text"u8, result.Text);
        json.WriteStartObject("report"u8);
        json.WriteBoolean("changed"u8, !result.IsUnchanged);
        json.WriteNumber("max_tokens"u8, asked.MaxTokens);
        json.WriteNumber("tokens_before"u8, result.TokensBefore);
        json.WriteNumber("tokens_after"u8, result.TokensAfter);
        json.WriteNumber("least_tokens"u8, result.Least);
        json.WriteString("tokenizer"u8, layout.Counter.Encoding);
        json.WriteBoolean("exact"u8, layout.Counter.IsExact);
        WriteMessages(json, layout, result);
        WriteLeftOut(json, layout, result);
        WriteSteps(json, report, result);
        json.WriteNumber("milliseconds"u8, Milliseconds(report.Took));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // By their places in the request: each stands in one of the lists.
    private static void WriteMessages(Utf8JsonWriter json, ConversationLayout layout, CondensationResult result)
    {
        var kept = result.Messages.Where(static message => message is { Source: >= 0, Text: null }).Select(static message => message.Source).ToHashSet();
        var shortened = result.Messages.Where(static message => message is { Source: >= 0, Text: not null }).Select(static message => message.Source).ToHashSet();
        var merged = result.Merged.Where(index => !kept.Contains(index) && !shortened.Contains(index)).ToHashSet();
        WritePlaces(json, "kept", layout, kept.Contains);
        WritePlaces(json, "shortened", layout, shortened.Contains);
        WritePlaces(json, "merged", layout, merged.Contains);
        WritePlaces(json, "dropped", layout, index => !kept.Contains(index) && !shortened.Contains(index) && !merged.Contains(index));
    }

    private static void WriteLeftOut(Utf8JsonWriter json, ConversationLayout layout, CondensationResult result)
    {
        var (images, files) = LeftOut.Of(layout.Conversation, result);
        json.WriteNumber("images_left_out"u8, images);
        json.WriteNumber("files_left_out"u8, files);
    }

    private static void WritePlaces(Utf8JsonWriter json, string name, ConversationLayout layout, Func<int, bool> isMeant)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < layout.Messages.Length; i++)
        {
            if (isMeant(i))
            {
                json.WriteNumberValue(i);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteSteps(Utf8JsonWriter json, CondensationReport report, CondensationResult result)
    {
        json.WriteStartArray("steps"u8);
        WriteStep(json, "count", report.Counted);
        json.WriteNumber("tokens"u8, result.TokensBefore);
        json.WriteEndObject();
        if (report.Topics > 0)
        {
            WriteStep(json, "summarise", report.Summarised);
            json.WriteNumber("topics"u8, report.Topics);
            json.WriteNumber("summaries"u8, report.Summaries);
            if (report.SummaryDollars is > 0 and var dollars)
            {
                json.WriteNumber("cost_usd"u8, dollars);
            }

            json.WriteEndObject();
        }

        WriteStep(json, "select", report.Selected);
        json.WriteNumber("tokens"u8, result.TokensAfter);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter json, string name, TimeSpan took)
    {
        json.WriteStartObject();
        json.WriteString("step"u8, name);
        json.WriteNumber("milliseconds"u8, Milliseconds(took));
    }

    private static double Milliseconds(TimeSpan time) => Math.Round(Math.Max(0, time.TotalMilliseconds), Decimals);
}
