using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>One <c>response</c> object, as often as it is told: what the request settles of it is written once.</summary>
internal sealed class ResponsesEnvelope
{
    private static readonly byte[] Truncated = "{\"reason\":\"max_output_tokens\"}"u8.ToArray();
    private static readonly byte[] Filtered = "{\"reason\":\"content_filter\"}"u8.ToArray();

    private readonly byte[] _head;
    private readonly byte[] _settled;

    /// <param name="request">What was asked.</param>
    /// <param name="modelJson">The model that answers; empty: the one that was asked for.</param>
    /// <param name="now">When the answer is made.</param>
    public ResponsesEnvelope(InferenceRequest request, ReadOnlySpan<byte> modelJson, DateTimeOffset now)
    {
        Key = Guid.CreateVersion7(now).ToString("N");
        var head = new ArrayBufferWriter<byte>(128);
        head.Write("{\"id\":\"resp_"u8);
        head.Write(System.Text.Encoding.ASCII.GetBytes(Key));
        head.Write("\",\"object\":\"response\",\"created_at\":"u8);
        JsonText.WriteNumber(now.ToUnixTimeSeconds(), head);
        head.Write(",\"status\":\""u8);
        _head = head.WrittenSpan.ToArray();

        var settled = new ArrayBufferWriter<byte>(512);
        settled.Write(",\"model\":"u8);
        settled.Write(modelJson.IsEmpty ? JsonText.Quote(request.Model) : modelJson);
        Settle(request.ReadConversation().Conversation?.Source ?? default, settled);
        _settled = settled.WrittenSpan.ToArray();
    }

    /// <summary>What the ids of the answer's items are made of.</summary>
    public string Key { get; }

    /// <summary>Whether an answer that ended so is told as <c>incomplete</c>.</summary>
    public static bool IsIncomplete(FinishReason reason) => reason is FinishReason.Length or FinishReason.ContentFilter;

    /// <summary>Writes the object before anything is said.</summary>
    public void WriteBegun(IBufferWriter<byte> output)
    {
        WriteHead("in_progress"u8, null, "null"u8, output);
        output.Write(",\"output\":[],\"usage\":null}"u8);
    }

    /// <summary>What the answer cost in US dollars, told beside usage; <see langword="null"/>: not known, or told elsewhere.</summary>
    public decimal? CostDollars { get; set; }

    /// <summary>Writes the object when all is said.</summary>
    public void WriteEnded(FinishReason reason, IReadOnlyList<ResponsesItem> items, TokenUsage? usage, IBufferWriter<byte> output)
    {
        var details = reason switch
        {
            FinishReason.Length => Truncated,
            FinishReason.ContentFilter => Filtered,
            _ => "null"u8,
        };
        WriteHead(IsIncomplete(reason) ? "incomplete"u8 : "completed"u8, null, details, output);
        WriteItems(items, output);
        output.Write(",\"usage\":"u8);
        using (var json = new Utf8JsonWriter(output))
        {
            ResponsesUsage.Write(json, usage, CostDollars);
        }

        output.Write("}"u8);
    }

    /// <summary>Writes the object of an answer that broke off.</summary>
    public void WriteFailed(Refusal refusal, IReadOnlyList<ResponsesItem> items, IBufferWriter<byte> output)
    {
        WriteHead("failed"u8, refusal, "null"u8, output);
        WriteItems(items, output);
        output.Write(",\"usage\":null}"u8);
    }

    private void WriteHead(ReadOnlySpan<byte> status, Refusal? refusal, ReadOnlySpan<byte> incomplete, IBufferWriter<byte> output)
    {
        output.Write(_head);
        output.Write(status);
        output.Write("\",\"background\":false,\"error\":"u8);
        if (refusal is null)
        {
            output.Write("null"u8);
        }
        else
        {
            // OpenAI's own codes: clients know no others here.
            output.Write(refusal.Status == StatusCodes.Status429TooManyRequests ? "{\"code\":\"rate_limit_exceeded\",\"message\":"u8 : "{\"code\":\"server_error\",\"message\":"u8);
            output.Write(JsonText.Quote(refusal.Message));
            output.Write("}"u8);
        }

        output.Write(",\"incomplete_details\":"u8);
        output.Write(incomplete);
        output.Write(_settled);
    }

    private static void WriteItems(IReadOnlyList<ResponsesItem> items, IBufferWriter<byte> output)
    {
        output.Write(",\"output\":["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            items[i].Write(output);
        }

        output.Write("]"u8);
    }

    private static void Settle(JsonElement asked, IBufferWriter<byte> output)
    {
        Copy(asked, "instructions", "null"u8, output);
        Copy(asked, "max_output_tokens", "null"u8, output);
        Copy(asked, "max_tool_calls", "null"u8, output);
        Copy(asked, "parallel_tool_calls", "true"u8, output);
        asked.TryGetValue("reasoning", out var reasoning);
        output.Write(",\"previous_response_id\":null,\"reasoning\":{\"effort\":"u8);
        WriteMember(reasoning, "effort", "null"u8, output);
        Copy(reasoning, "summary", "null"u8, output);
        output.Write("},\"store\":false"u8);
        Copy(asked, "temperature", "null"u8, output);
        asked.TryGetValue("text", out var text);
        output.Write(",\"text\":{\"format\":"u8);
        WriteMember(text, "format", "{\"type\":\"text\"}"u8, output);
        if (text.TryGetValue("verbosity", out _))
        {
            Copy(text, "verbosity", "null"u8, output);
        }

        output.Write("}"u8);
        Copy(asked, "tool_choice", "\"auto\""u8, output);
        Copy(asked, "tools", "[]"u8, output);
        Copy(asked, "top_p", "null"u8, output);
        output.Write(",\"truncation\":\"disabled\""u8);
        Copy(asked, "user", "null"u8, output);
        Copy(asked, "metadata", "{}"u8, output);
    }

    private static void Copy(JsonElement parent, string name, ReadOnlySpan<byte> otherwise, IBufferWriter<byte> output)
    {
        output.Write(",\""u8);
        output.Write(System.Text.Encoding.ASCII.GetBytes(name));
        output.Write("\":"u8);
        WriteMember(parent, name, otherwise, output);
    }

    private static void WriteMember(JsonElement parent, string name, ReadOnlySpan<byte> otherwise, IBufferWriter<byte> output)
    {
        if (!parent.TryGetValue(name, out var value))
        {
            output.Write(otherwise);
            return;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        value.WriteTo(json);
    }
}
