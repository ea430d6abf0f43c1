using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// Takes the events of a stream, in the client's dialect, through the hooks: texts are written anew as far as they are
/// judged, the rest of an event stays as it is. What is held back at a text's end goes out in an event of its own.
/// </summary>
internal sealed class StreamFilter(RequestHooks hooks, StreamTexts dialect)
{
    private readonly List<TextChannel> _channels = [];
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private int _events;

    /// <summary>Whether something was said that the client may have: before that all can still be refused as a whole.</summary>
    public bool HasReleased { get; private set; }

    /// <summary>Filters what was written.</summary>
    /// <param name="output">Whole events.</param>
    /// <param name="from">Where those begin that were not filtered yet.</param>
    /// <param name="isEnd">No more will come.</param>
    /// <returns>Why the stream must end; <see langword="null"/>: it goes on.</returns>
    public async ValueTask<Refusal?> FilterAsync(PooledBuffer output, int from, bool isEnd)
    {
        var input = output.WrittenSpan[from..].ToArray();
        output.Truncate(from);
        for (var start = 0; start < input.Length;)
        {
            var length = LengthOfEvent(input.AsSpan(start));
            if (await FilterEventAsync(input.AsMemory(start, length), output) is { } refusal)
            {
                return refusal;
            }

            start += length;
        }

        HasReleased |= isEnd;
        return isEnd ? await EndAsync("", output) : null;
    }

    /// <summary>Writes what tells the client that the stream has broken. Nothing that is held back is told.</summary>
    public void WriteFailure(Refusal refusal, string requestId, IBufferWriter<byte> output) => dialect.WriteFailure(refusal, requestId, _events, output);

    private static int LengthOfEvent(ReadOnlySpan<byte> events)
    {
        var end = events.IndexOf("\n\n"u8);
        return end < 0 ? events.Length : end + 2;
    }

    private async ValueTask<Refusal?> FilterEventAsync(ReadOnlyMemory<byte> written, PooledBuffer output)
    {
        var data = DataOf(written.Span);
        if (data.Equals(default))
        {
            output.Append(written.Span);
            return null;
        }

        var read = new EventTexts(written[data]);
        using var document = Read(written[data], read);
        return document is null
            ? Refusals.UpstreamInvalidResponse()
            : await JudgeAsync(read, output) ?? Write(read, written.Span, data, output);
    }

    // What cannot be read cannot be judged.
    private JsonDocument? Read(ReadOnlyMemory<byte> data, EventTexts read)
    {
        JsonDocument? document = null;
        try
        {
            document = RequestHooks.Parse(data);
            dialect.Read(document.RootElement, read);
            return document;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            return null;
        }
    }

    // Pieces first: what they end must be told before what says that it has ended.
    private async ValueTask<Refusal?> JudgeAsync(EventTexts read, PooledBuffer output)
    {
        foreach (var piece in read.Pieces)
        {
            var channel = ChannelOf(piece);
            var result = await channel.PushAsync(piece.Text, read.Ends(piece));
            if (hooks.RefusalFor(result.Outcome, isAnswer: true) is { } refusal)
            {
                return refusal;
            }

            HasReleased |= result.Text.Length > 0;
            if (!string.Equals(result.Text, piece.Text, StringComparison.Ordinal))
            {
                read.Replace(piece, result.Text);
            }
        }

        foreach (var prefix in read.Ended)
        {
            HasReleased = true;
            if (await EndAsync(prefix, output) is { } refusal)
            {
                return refusal;
            }
        }

        return await JudgeWholeAsync(read);
    }

    private async ValueTask<Refusal?> JudgeWholeAsync(EventTexts read)
    {
        foreach (var slot in read.Whole.Slots)
        {
            if (_told.TryGetValue(slot.Current, out var told))
            {
                slot.Current = told;
                continue;
            }

            var result = await new TextRun(hooks, slot.Origin).PushAsync(slot.Current, isEnd: true);
            if (hooks.RefusalFor(result.Outcome, isAnswer: true) is { } refusal)
            {
                return refusal;
            }

            slot.Current = result.Text;
        }

        return null;
    }

    private Refusal? Write(EventTexts read, ReadOnlySpan<byte> written, Range data, PooledBuffer output)
    {
        if (read.HasTokens)
        {
            hooks.NoteDroppedTokens();
        }

        if (dialect.IsNumbered)
        {
            read.PutNumber(_events);
        }

        _events++;
        output.Append(written[..data.Start]);
        output.Append(read.Whole.Rewrite() is { } changed ? changed : written[data]);
        output.Append(written[data.End..]);
        return null;
    }

    private TextChannel ChannelOf(EventPiece piece)
    {
        var channel = _channels.Find(open => open.Key == piece.Channel);
        if (channel is null)
        {
            ITextRun run = piece.Form == TextForm.JsonInString ? new ArgumentsRun(hooks, piece.Origin) : new TextRun(hooks, piece.Origin);
            channel = new TextChannel(piece.Channel, run, piece.Template(), dialect.RepeatsTexts);
            _channels.Add(channel);
        }

        return channel;
    }

    // What is held back of every text whose channel begins so.
    private async ValueTask<Refusal?> EndAsync(string prefix, PooledBuffer output)
    {
        foreach (var channel in _channels.FindAll(open => open.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            _channels.Remove(channel);
            var result = channel.IsEnded ? StageResult.Of("") : await channel.PushAsync("", isEnd: true);
            if (hooks.RefusalFor(result.Outcome, isAnswer: true) is { } refusal)
            {
                return refusal;
            }

            if (result.Text.Length > 0)
            {
                channel.Template.Write(result.Text, _events++, output);
            }

            if (dialect.RepeatsTexts)
            {
                _told[channel.Original] = channel.Result;
            }
        }

        return null;
    }

    private static Range DataOf(ReadOnlySpan<byte> written)
    {
        var start = written.StartsWith("data: "u8) ? 6 : written.IndexOf("\ndata: "u8) is var line and >= 0 ? line + 7 : -1;
        if (start < 0)
        {
            return default;
        }

        var length = written[start..].IndexOf((byte)'\n');
        return start..(length < 0 ? written.Length : start + length);
    }
}
