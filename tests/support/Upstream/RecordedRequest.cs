using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>One request as it arrived at the scripted upstream, byte for byte, and how its exchange ended.</summary>
public sealed class RecordedRequest
{
    private readonly TaskCompletionSource<ExchangeEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts from 1 in order of arrival.</summary>
    public required long Id { get; init; }

    /// <summary>Requests with the same number came over one connection.</summary>
    public required long Connection { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query, without a behaviour prefix.</summary>
    public required string Target { get; init; }

    /// <summary>Request line and headers as received, up to and including the empty line.</summary>
    public required byte[] Head { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The body without transfer coding.</summary>
    public required byte[] Body { get; init; }

    /// <summary><see cref="Stopwatch.GetTimestamp"/> when the whole request was there.</summary>
    public long ArrivedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>Completes when the answer was sent, or cut by the script, or the peer left before its end.</summary>
    public Task<ExchangeEnd> Ended => _ended.Task;

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The header's value, several joined by a comma; <see langword="null"/>: not there.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToArray();
        return values.Length == 0 ? null : string.Join(", ", values);
    }

    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }

    internal void End(bool peerLeft) => _ended.TrySetResult(new ExchangeEnd(peerLeft, Stopwatch.GetTimestamp()));
}

/// <summary>How an exchange with the scripted upstream ended.</summary>
/// <param name="PeerLeft">The peer closed the connection before the answer's end.</param>
/// <param name="Timestamp"><see cref="Stopwatch.GetTimestamp"/> of that moment.</param>
public readonly record struct ExchangeEnd(bool PeerLeft, long Timestamp);
