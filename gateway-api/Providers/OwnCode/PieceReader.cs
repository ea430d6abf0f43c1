using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>Reads the events of <see cref="PieceWriter"/>.</summary>
internal sealed class PieceReader(AnswerStream client) : DecodingTranslator(client)
{
    private bool _hasBegun;
    private bool _hasFinished;

    /// <inheritdoc/>
    protected override bool IsWhole => _hasFinished;

    /// <summary>Reads a body of events to its end.</summary>
    /// <param name="body">The lines.</param>
    /// <param name="output">For the writer of the client's dialect.</param>
    /// <returns>Whether it is a whole answer.</returns>
    public bool ReadAll(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        while (body.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (Translate(default, body[..end], output) is StreamSignal.Failed or StreamSignal.Malformed)
            {
                return false;
            }

            body = body[(end + 1)..];
        }

        return body.IsEmpty && Complete(output);
    }

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        reader.Read();
        if (reader.ValueTextEquals("error"u8))
        {
            ReadError(ref reader);
            return StreamSignal.Failed;
        }

        if (reader.ValueTextEquals("usage"u8))
        {
            ReadUsage(ref reader);
            return StreamSignal.None;
        }

        if (reader.ValueTextEquals("model"u8))
        {
            ReadHead(ref reader, data);
            return StreamSignal.None;
        }

        Begin(default, default);
        ReadContent(ref reader, data);
        return StreamSignal.Content;
    }

    private void ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        if (reader.ValueTextEquals("text"u8))
        {
            Client.Text(JsonText.ReadString(ref reader, data));
        }
        else if (reader.ValueTextEquals("reasoning"u8))
        {
            Client.Reasoning(JsonText.ReadString(ref reader, data));
        }
        else if (reader.ValueTextEquals("of"u8))
        {
            var call = (int)JsonText.ReadCount(ref reader);
            reader.Read();
            Client.Arguments(call, JsonText.ReadString(ref reader, data));
        }
        else if (reader.ValueTextEquals("call"u8))
        {
            reader.Read();
            var id = JsonText.ReadString(ref reader, data);
            Client.BeginCall(id, JsonText.ReadString(ref reader, data));
        }
        else if (reader.ValueTextEquals("signature"u8))
        {
            Client.ReasoningSignature(JsonText.ReadString(ref reader, data));
        }
        else if (reader.ValueTextEquals("refusal"u8))
        {
            Client.Refusal(JsonText.ReadString(ref reader, data));
        }
        else
        {
            ReadFinish(ref reader);
        }
    }

    private void ReadHead(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var model = JsonText.ReadString(ref reader, data);
        reader.Read();
        Begin(JsonText.ReadString(ref reader, data), model);
    }

    private void ReadFinish(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Read();
        var reason = reader.GetString() switch
        {
            "length" => FinishReason.Length,
            "tool_calls" => FinishReason.ToolCalls,
            "content_filter" => FinishReason.ContentFilter,
            _ => FinishReason.Stop,
        };
        reader.Read();
        _hasFinished = true;
        Client.Finish(reason, reader.GetString());
    }

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        reader.Read();
        Usage = new TokenUsage(
            JsonText.ReadCount(ref reader), JsonText.ReadCount(ref reader), JsonText.ReadCount(ref reader), JsonText.ReadCount(ref reader), JsonText.ReadCount(ref reader));
    }

    private void ReadError(ref Utf8JsonReader reader)
    {
        reader.Read();
        using var document = JsonDocument.ParseValue(ref reader);
        var error = document.RootElement;
        TimeSpan? wait = error.TryGetProperty("retry"u8, out var retry) ? TimeSpan.FromMilliseconds(retry.GetInt64()) : null;
        Error = StatusErrors.Of(error.GetProperty("status"u8).GetInt32(), error.GetText("message"), wait);
    }

    private void Begin(ReadOnlySpan<byte> id, ReadOnlySpan<byte> model)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Client.Begin(id, model);
        }
    }
}
