using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Reads a stream along the paths of its provider, event by event.</summary>
internal sealed class CustomStream(AnswerStream client, CustomShape shape, CustomPaths paths) : DecodingTranslator(client)
{
    private readonly byte[] _endMarker = Encoding.UTF8.GetBytes(shape.Mapping.Stream?.EndMarker ?? "");
    private readonly CustomCallStream _calls = new();
    private bool _hasBegun;
    private bool _hasFinished;

    /// <inheritdoc/>
    protected override bool IsWhole => _hasFinished;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (_endMarker.Length > 0 && (data.SequenceEqual(_endMarker) || name.SequenceEqual(_endMarker)))
        {
            Begin(default);
            Finish(FinishReason.Stop);
            return End();
        }

        try
        {
            var reader = new Utf8JsonReader(data);
            using var document = JsonDocument.ParseValue(ref reader);
            return reader.Read() ? StreamSignal.Malformed : Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return StreamSignal.Malformed;
        }
    }

    private StreamSignal Read(JsonElement root)
    {
        if (shape.Error?.Find(root) is not null)
        {
            Error = new UpstreamError(AttemptOutcome.ServerError, Refusals.UpstreamFailed(500), true, null);
            return StreamSignal.Failed;
        }

        // Read first: nothing is written of an event that cannot be understood.
        var finish = shape.FinishOf(paths.Finish?.Find(root));
        var text = paths.Text.Find(root) is { } found ? JsonMarshal.GetRawUtf8Value(found) : default;
        if (!text.IsEmpty && (text[0] != '"' || !Utf8.IsValid(text) || JsonText.HasHalfPair(text)))
        {
            return StreamSignal.Malformed;
        }

        List<CustomCallPiece>? calls = [];
        if (shape.EventCalls is { } callPaths && (!callPaths.TryRead(root, out calls) || !_calls.Fits(calls)))
        {
            return StreamSignal.Malformed;
        }

        var hasText = !JsonText.Inner(text).IsEmpty;
        var says = hasText || calls.Count > 0;
        if (says && _hasFinished)
        {
            return StreamSignal.Malformed;
        }

        Usage = paths.UsageIn(root, Usage);
        Begin(shape.Id?.Find(root) is { ValueKind: JsonValueKind.String } id ? JsonMarshal.GetRawUtf8Value(id) : default);
        if (hasText)
        {
            Client.Text(text);
        }

        _calls.Write(calls, Client);
        if (finish is { } reason)
        {
            Finish(reason);
        }

        return says || finish is not null ? StreamSignal.Content : StreamSignal.None;
    }

    private void Begin(ReadOnlySpan<byte> id)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Client.Begin(Utf8.IsValid(id) && !JsonText.HasHalfPair(id) ? id : default, default);
        }
    }

    private void Finish(FinishReason reason)
    {
        if (!_hasFinished)
        {
            _hasFinished = true;
            Client.Finish(CustomShape.FinishOf(reason, _calls.Count > 0));
        }
    }
}
