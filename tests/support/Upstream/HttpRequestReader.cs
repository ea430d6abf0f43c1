using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Reads HTTP/1.1 requests from a connection, keeping the bytes. Strict: a tester should see what is wrong.</summary>
internal static class HttpRequestReader
{
    private const int MaxHeadBytes = 256 * 1024;

    /// <returns>The request, or <see langword="null"/> at the connection's end.</returns>
    /// <exception cref="InvalidDataException">What arrived is not HTTP/1.1.</exception>
    public static async ValueTask<ParsedRequest?> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var head = await ReadUntilAsync(input, "\r\n\r\n"u8.ToArray(), cancellationToken);
        if (head is null)
        {
            return null;
        }

        var request = ParseHead(head);
        request.Body = request.IsChunked
            ? await ReadChunksAsync(input, cancellationToken)
            : await ReadExactlyAsync(input, request.ContentLength, cancellationToken);
        return request;
    }

    private static ParsedRequest ParseHead(byte[] head)
    {
        var lines = Encoding.Latin1.GetString(head, 0, head.Length - 4).Split("\r\n");
        var parts = lines[0].Split(' ');
        if (parts.Length != 3 || parts[2] is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            throw new InvalidDataException($"Not a request line: {lines[0]}");
        }

        var request = new ParsedRequest { Head = head, Method = parts[0], Target = parts[1] };
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new InvalidDataException($"Not a header: {line}");
            }

            request.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return request;
    }

    private static async ValueTask<byte[]> ReadChunksAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var line = await ReadUntilAsync(input, "\r\n"u8.ToArray(), cancellationToken) ?? throw new InvalidDataException("Cut in a chunk.");
            var size = int.Parse(Encoding.ASCII.GetString(line).Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await ReadExactlyAsync(input, size, cancellationToken));
            await ReadExactlyAsync(input, 2, cancellationToken);
            if (size == 0)
            {
                return body.WrittenSpan.ToArray();
            }
        }
    }

    private static async ValueTask<byte[]> ReadExactlyAsync(PipeReader input, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return [];
        }

        var result = await input.ReadAtLeastAsync(count, cancellationToken);
        if (result.Buffer.Length < count)
        {
            input.AdvanceTo(result.Buffer.Start);
            throw new InvalidDataException("Cut in a body.");
        }

        var slice = result.Buffer.Slice(0, count);
        var bytes = slice.ToArray();
        input.AdvanceTo(slice.End);
        return bytes;
    }

    private static async ValueTask<byte[]?> ReadUntilAsync(PipeReader input, byte[] end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            if (TryTake(result.Buffer, end, out var taken))
            {
                input.AdvanceTo(result.Buffer.GetPosition(taken.Length));
                return taken;
            }

            if (result.IsCompleted)
            {
                input.AdvanceTo(result.Buffer.End);
                return result.Buffer.IsEmpty ? null : throw new InvalidDataException("Cut in a request's head.");
            }

            if (result.Buffer.Length > MaxHeadBytes)
            {
                throw new InvalidDataException("The request's head does not end.");
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool TryTake(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> end, out byte[] taken)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> before, end))
        {
            taken = [];
            return false;
        }

        taken = buffer.Slice(0, before.Length + end.Length).ToArray();
        return true;
    }
}
