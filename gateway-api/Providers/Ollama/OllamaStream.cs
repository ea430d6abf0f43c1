using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Reads a stream of <c>/api/chat</c>, line by line.</summary>
internal sealed class OllamaStream(AnswerStream client, DateTimeOffset now) : DecodingTranslator(client)
{
    private int _calls;
    private bool _hasBegun;
    private bool _isDone;

    /// <inheritdoc/>
    protected override bool IsWhole => _isDone;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!OllamaLine.TryRead(data, out var line))
        {
            return StreamSignal.Malformed;
        }

        if (_isDone)
        {
            return StreamSignal.None;
        }

        if (line.IsError)
        {
            Error = new UpstreamError(AttemptOutcome.ServerError, Refusals.UpstreamFailed(500), true, null);
            return StreamSignal.Failed;
        }

        try
        {
            return Read(line);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return StreamSignal.Malformed;
        }
    }

    private StreamSignal Read(in OllamaLine line)
    {
        // Read first: nothing is written of a line that cannot be understood.
        var calls = line.Calls.IsEmpty ? [] : OllamaCalls.Read(line.Calls, now);
        if (!_hasBegun)
        {
            _hasBegun = true;
            Client.Begin(default, JsonText.Inner(line.Model).IsEmpty ? default : line.Model);
        }

        var signal = Say(line);
        foreach (var call in calls)
        {
            Client.BeginCall(JsonText.Quote(call.Id), JsonText.Quote(call.Name));
            Client.Arguments(_calls++, JsonText.Quote(call.Arguments));
            signal = StreamSignal.Content;
        }

        if (!line.IsDone)
        {
            return signal;
        }

        _isDone = true;
        Usage = line.Usage;
        Client.Finish(OllamaFinish.Parse(JsonText.Inner(line.DoneReason), _calls > 0));
        return StreamSignal.Content;
    }

    private StreamSignal Say(in OllamaLine line)
    {
        var signal = StreamSignal.None;
        if (!JsonText.Inner(line.Thinking).IsEmpty)
        {
            Client.Reasoning(line.Thinking);
            signal = StreamSignal.Content;
        }

        if (!JsonText.Inner(line.Text).IsEmpty)
        {
            Client.Text(line.Text);
            signal = StreamSignal.Content;
        }

        return signal;
    }
}
