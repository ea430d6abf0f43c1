using System.Net;
using System.Net.Http.Headers;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// A client's body with at most two places changed, written piece by piece from where it stands. Its length is known,
/// and nothing is copied but into the connection.
/// </summary>
internal sealed class PatchedContent : HttpContent, IBorrowsBody
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly byte[] Member = ",\"stream_options\":{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] Options = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] FirstOption = "{\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] True = "true"u8.ToArray();

    private readonly ReadOnlyMemory<byte> _body;
    private readonly Patch _first;
    private readonly Patch _second;
    private readonly int _length;
    private int _writers;

    /// <param name="request">What the client sent.</param>
    /// <param name="modelToken">The model's name as it stands in the body; <see langword="null"/>: as the client wrote it.</param>
    /// <param name="options">What becomes of <c>stream_options</c>.</param>
    public PatchedContent(InferenceRequest request, ReadOnlyMemory<byte>? modelToken, StreamOptionsPatch options)
    {
        _body = request.Body;
        _first = modelToken is { } token ? new Patch(request.ModelToken, token) : Patch.None;
        _second = options switch
        {
            StreamOptionsPatch.AskUsage => AskUsage(request),
            StreamOptionsPatch.LeaveOut => new Patch(request.StreamOptionsMember, default),
            _ => Patch.None,
        };
        if (_second.Start < _first.Start)
        {
            (_first, _second) = (_second, _first);
        }

        _length = _body.Length + _first.Growth + _second.Growth;
        Headers.ContentType = request.FormType ?? Json;
    }

    /// <inheritdoc/>
    public bool IsReadingBody => Volatile.Read(ref _writers) > 0;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Two, where the request is sent again while the first connection is still dying.
        Interlocked.Increment(ref _writers);
        try
        {
            var position = await WriteAsync(stream, _first, 0, cancellationToken);
            position = await WriteAsync(stream, _second, position, cancellationToken);
            await stream.WriteAsync(_body[position..], cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _writers);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    private async ValueTask<int> WriteAsync(Stream stream, Patch patch, int position, CancellationToken cancellationToken)
    {
        if (patch.IsNone)
        {
            return position;
        }

        await stream.WriteAsync(_body[position..patch.Start], cancellationToken);
        await stream.WriteAsync(patch.Bytes, cancellationToken);
        return patch.End;
    }

    private static Patch AskUsage(InferenceRequest request)
    {
        if (request.IncludeUsage)
        {
            return Patch.None;
        }

        if (!request.IncludeUsageToken.Equals(default))
        {
            return new Patch(request.IncludeUsageToken, True);
        }

        if (request.StreamOptionsToken.Equals(default))
        {
            return new Patch(request.ClosingBrace..request.ClosingBrace, Member);
        }

        var options = request.Body.Span[request.StreamOptionsToken];
        var isEmpty = options[0] != '{' || options[1..].TrimStart(" \t\r\n"u8)[0] == '}';
        var start = request.StreamOptionsToken.Start.Value;
        return isEmpty ? new Patch(request.StreamOptionsToken, Options) : new Patch(start..(start + 1), FirstOption);
    }

    private readonly record struct Patch(int Start, int End, ReadOnlyMemory<byte> Bytes)
    {
        public Patch(Range place, ReadOnlyMemory<byte> bytes)
            : this(place.Start.Value, place.End.Value, bytes)
        {
        }

        public static Patch None => default;

        public bool IsNone => End == 0;

        public int Growth => Bytes.Length - (End - Start);
    }
}

/// <summary>What becomes of <c>stream_options</c> on the way to a provider.</summary>
internal enum StreamOptionsPatch
{
    /// <summary>They stay as they are.</summary>
    None = 0,

    /// <summary>They ask for usage, whatever else they hold.</summary>
    AskUsage = 1,

    /// <summary>They are left out.</summary>
    LeaveOut = 2,
}
