using System.Buffers.Binary;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>What the headers of a message of <c>application/vnd.amazon.eventstream</c> say about it.</summary>
/// <param name="IsException">The message tells a failure, of the model or of the service.</param>
/// <param name="Name">Where the name of the event, exception or error stands among the headers.</param>
internal readonly record struct AmazonEventHeaders(bool IsException, Range Name)
{
    private const int StringType = 7;

    // Instead of a length.
    private const int Counted = -1;
    private const int Unknown = -2;

    /// <summary>Reads all headers, also those that are not wanted: each must be whole and of a known type.</summary>
    public static bool TryRead(ReadOnlySpan<byte> headers, out AmazonEventHeaders read)
    {
        read = default;
        Range kind = default, eventType = default, exceptionType = default, errorCode = default;
        for (var at = 0; at < headers.Length;)
        {
            if (!TryReadHeader(headers, ref at, out var name, out var type, out var value))
            {
                return false;
            }

            if (type != StringType)
            {
                continue;
            }

            if (name.SequenceEqual(":message-type"u8))
            {
                kind = value;
            }
            else if (name.SequenceEqual(":event-type"u8))
            {
                eventType = value;
            }
            else if (name.SequenceEqual(":exception-type"u8))
            {
                exceptionType = value;
            }
            else if (name.SequenceEqual(":error-code"u8))
            {
                errorCode = value;
            }
        }

        var told = headers[kind];
        var isEvent = told.SequenceEqual("event"u8);
        var isError = told.SequenceEqual("error"u8);
        read = new AmazonEventHeaders(!isEvent, isEvent ? eventType : isError ? errorCode : exceptionType);
        return isEvent || isError || told.SequenceEqual("exception"u8);
    }

    private static bool TryReadHeader(
        ReadOnlySpan<byte> headers, ref int at, out ReadOnlySpan<byte> name, out int type, out Range value)
    {
        name = default;
        type = -1;
        value = default;
        var nameEnd = at + 1 + headers[at];
        if (nameEnd >= headers.Length)
        {
            return false;
        }

        name = headers[(at + 1)..nameEnd];
        type = headers[nameEnd];
        var start = nameEnd + 1;
        var length = FixedLength(type);
        if (length < 0)
        {
            // A string or bytes: two bytes of length stand before them.
            if (length != Counted || headers.Length - start < sizeof(ushort))
            {
                return false;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(headers[start..]);
            start += sizeof(ushort);
        }

        at = start + length;
        value = start..at;
        return at <= headers.Length;
    }

    private static int FixedLength(int type) => type switch
    {
        0 or 1 => 0, // true, false
        2 => 1,      // byte
        3 => 2,      // short
        4 => 4,      // integer
        5 or 8 => 8, // long, timestamp
        6 or StringType => Counted,
        9 => 16,     // UUID
        _ => Unknown,
    };
}
