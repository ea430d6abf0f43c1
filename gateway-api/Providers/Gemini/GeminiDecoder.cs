using System.Buffers;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Reads a stream of <c>GenerateContentResponse</c>s. Older models tell a reason to finish in every event, so the
/// answer counts as finished only when the connection closes; one that closes before any reason came was cut.
/// </summary>
internal sealed class GeminiDecoder(AnswerStream client) : DecodingTranslator(client)
{
    private GeminiUsage _usage;
    private ArrayBufferWriter<byte>? _scratch;
    private string? _idPrefix;
    private byte[]? _finish;
    private int _calls;
    private bool _hasBegun;

    /// <inheritdoc/>
    protected override bool IsWhole => _finish is not null;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!GeminiEvent.TryRead(data, ref _usage, out var read))
        {
            return StreamSignal.Malformed;
        }

        Usage = _usage.Tokens;
        if (read.IsError)
        {
            Error = GeminiErrors.FromEvent(data);
            return StreamSignal.Failed;
        }

        Begin(read);
        try
        {
            var hasContent = ReadCandidates(read.Candidates);
            if (_finish is not null && GeminiFinish.Parse(_finish, _calls > 0) is null)
            {
                _finish = null;
                Error = GeminiErrors.BrokenCall();
                return StreamSignal.Failed;
            }

            if (read.IsPromptBlocked)
            {
                _finish ??= "SAFETY"u8.ToArray();
                return StreamSignal.Content;
            }

            return hasContent ? StreamSignal.Content : StreamSignal.None;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is what System.Text.Json makes of half a surrogate pair in a name.
            return StreamSignal.Malformed;
        }
    }

    /// <inheritdoc/>
    protected override void WriteFinish() => Client.Finish(GeminiFinish.Parse(_finish, _calls > 0)!.Value);

    private void Begin(in GeminiEvent read)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        _idPrefix = GeminiCallIds.PrefixOf(read.Id.Length > 2 ? Encoding.UTF8.GetString(JsonText.Inner(read.Id)) : null);
        Client.Begin(read.Id, read.Model);
    }

    /// <returns>Whether there was something that a client waits for.</returns>
    private bool ReadCandidates(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        if (data.IsEmpty || !reader.Read() || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        // Only one is ever asked for.
        var hasContent = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                hasContent |= ReadContent(ref reader, data);
            }
            else if (reader.ValueTextEquals("finishReason"u8))
            {
                hasContent |= ReadFinish(ref reader, data);
            }
            else
            {
                reader.Skip();
            }
        }

        return hasContent;
    }

    private bool ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var hasContent = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isParts = reader.ValueTextEquals("parts"u8);
            reader.Read();
            if (!isParts || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    hasContent |= WritePart(GeminiPart.Read(ref reader, data));
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return hasContent;
    }

    private bool ReadFinish(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var reason = JsonText.ReadString(ref reader, data);
        if (reason.Length <= 2)
        {
            return false;
        }

        _finish = JsonText.Inner(reason).ToArray();
        return true;
    }

    private bool WritePart(in GeminiPart part)
    {
        if (part.IsCall)
        {
            WriteCall(part);
            return true;
        }

        if (!part.HasText)
        {
            return false;
        }

        if (part.IsThought)
        {
            Client.Reasoning(part.Text);
        }
        else
        {
            Client.Text(part.Text);
        }

        return true;
    }

    private void WriteCall(in GeminiPart part)
    {
        _scratch ??= new ArrayBufferWriter<byte>();
        if (part.Signature.Length > 2)
        {
            _scratch.ResetWrittenCount();
            GeminiSignature.WriteReasoning(part.Signature, _scratch);
            Client.ReasoningSignature(_scratch.WrittenSpan);
            Client.CallSignature(part.Signature);
        }

        var call = _calls++;
        _scratch.ResetWrittenCount();
        GeminiCallIds.WriteQuoted(_idPrefix!, call, _scratch);
        Client.BeginCall(part.CallId.Length > 2 ? part.CallId : _scratch.WrittenSpan, part.CallName);

        _scratch.ResetWrittenCount();
        JsonText.WriteQuoted(part.CallArguments.IsEmpty ? "{}"u8 : part.CallArguments, _scratch);
        Client.Arguments(call, _scratch.WrittenSpan);
    }
}
