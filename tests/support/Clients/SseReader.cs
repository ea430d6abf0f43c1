using System.Text;

namespace ProxyCluster.Tests.Support.Clients;

/// <summary>Reads a server-sent event stream as an application sees it: event by event, as they come.</summary>
public sealed class SseReader(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream, new UTF8Encoding(false, true));

    /// <summary>The <c>data</c> of the next event; <see langword="null"/>: the stream has ended.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken = default)
    {
        var data = new List<string>();
        while (await _reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0 && data.Count > 0)
            {
                return string.Join('\n', data);
            }

            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                data.Add(line[5..].TrimStart(' '));
            }
        }

        return null;
    }

    public async Task<IReadOnlyList<string>> ToEndAsync(CancellationToken cancellationToken = default)
    {
        var events = new List<string>();
        while (await NextAsync(cancellationToken) is { } data)
        {
            events.Add(data);
        }

        return events;
    }

    public void Dispose() => _reader.Dispose();
}
