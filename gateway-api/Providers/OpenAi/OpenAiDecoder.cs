using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Reads a stream of Chat Completions for a client that speaks another dialect.</summary>
internal sealed class OpenAiDecoder(AnswerStream client) : DecodingTranslator(client)
{
    private readonly OpenAiCalls _calls = new();
    private RepeatedEvent _repeated;
    private bool _hasBegun;
    private bool _hasContent;
    private FinishReason? _finish;

    /// <inheritdoc/>
    protected override bool IsWhole => _finish is not null;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (name.IsEmpty && _finish is null && _repeated.Matches(data, out _))
        {
            Client.Text(data[_repeated.QuotedTextOf(data.Length)]);
            _hasContent = true;
            return StreamSignal.Content;
        }

        if (data.SequenceEqual("[DONE]"u8))
        {
            return ReadDone();
        }

        if (!OpenAiChunk.TryRead(data, out var chunk))
        {
            return StreamSignal.Malformed;
        }

        Usage = chunk.Usage ?? Usage;
        if (chunk.IsError || name.SequenceEqual("error"u8))
        {
            Error = OpenAiErrors.FromEvent(data);
            return StreamSignal.Failed;
        }

        try
        {
            return Read(data, chunk);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return StreamSignal.Malformed;
        }
    }

    private StreamSignal ReadDone()
    {
        if (_finish is null)
        {
            if (!_hasContent)
            {
                Error = new UpstreamError(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), true, null);
                return StreamSignal.Failed;
            }

            // A server that says that it is done, and not why.
            Finish(FinishReason.Stop);
        }

        return End();
    }

    private StreamSignal Read(ReadOnlySpan<byte> data, in OpenAiChunk chunk)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            OpenAiDelta.ReadHead(data, out var id, out var model);
            Client.Begin(id, model);
        }

        if (!chunk.HasChoices || _finish is not null)
        {
            return StreamSignal.None;
        }

        if (!chunk.OnlyText.Equals(default) && chunk.Finished == 0 && chunk.HasContent)
        {
            Client.Text(data[(chunk.OnlyText.Start.Value - 1)..(chunk.OnlyText.End.Value + 1)]);
            _hasContent = true;
            if (chunk.Usage is null)
            {
                _repeated.Learn(data, chunk.OnlyText, default);
            }

            return StreamSignal.Content;
        }

        var finish = OpenAiDelta.Read(data, Client, _calls);
        _hasContent |= chunk.HasContent;
        if (finish is { } reason)
        {
            Finish(reason);
        }

        return chunk.HasContent || chunk.Finished > 0 ? StreamSignal.Content : StreamSignal.None;
    }

    private void Finish(FinishReason reason)
    {
        // Some servers end a turn of calls with 'stop'; a client would not answer the calls.
        _finish = reason == FinishReason.Stop && _calls.Count > 0 ? FinishReason.ToolCalls : reason;
        Client.Finish(_finish.Value);
    }
}
