namespace ProxyCluster.Core.RateLimiting;

/// <content>The book as bytes. Layouts are never changed, only followed by more: a reader skips what it does not know.</content>
public sealed partial class LeaseBook
{
    private const byte Version = 1;

    // In milliseconds: so far from each other that differences, doubled, still fit.
    private const long FurthestTime = 1L << 60;

    /// <summary>Reads a book that <see cref="Encode"/> wrote, in this release or an earlier one.</summary>
    /// <param name="bytes">Empty: a new book.</param>
    /// <exception cref="InvalidDataException">The bytes are no book, or one of a version that this release does not know.</exception>
    public static LeaseBook Decode(ReadOnlySpan<byte> bytes)
    {
        var book = new LeaseBook();
        if (bytes.IsEmpty)
        {
            return book;
        }

        var reader = new CompactReader(bytes);
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new InvalidDataException($"The rate limiter's stored state has version {version}; this release reads version {Version}.");
        }

        book._now = reader.ReadSigned();
        if (book.LatestTime is < -FurthestTime or > FurthestTime)
        {
            throw CompactReader.Broken();
        }

        book._block = new Block(reader.ReadSigned(), (LimitWindow)reader.ReadByte(), (int)reader.ReadUnsigned());
        var leases = reader.ReadCount();
        for (var i = 0; i < leases; i++)
        {
            book._leases.Add(ReadLease(ref reader, book._now));
        }

        ReadLog(ref reader, book._minute.Reported, book._now);
        ReadLog(ref reader, book._minute.Assumed, book._now);
        ReadLog(ref reader, book._hour.Reported, book._now);
        ReadLog(ref reader, book._hour.Assumed, book._now);
        book.ReadTold(ref reader);
        return book;
    }

    /// <summary>Writes the book: about 2 bytes for each request that counts.</summary>
    public byte[] Encode()
    {
        var writer = new CompactWriter();
        writer.WriteByte(Version);
        writer.WriteSigned(_now);
        writer.WriteSigned(_block.Until);
        writer.WriteByte((byte)_block.Window);
        writer.WriteUnsigned((ulong)_block.Limit);
        writer.WriteUnsigned((ulong)_leases.Count);
        foreach (var lease in _leases)
        {
            writer.WriteGuid(lease.Id);
            writer.WriteGuid(lease.Gateway);
            writer.WriteUnsigned((ulong)lease.Tokens);
            writer.WriteUnsigned((ulong)lease.Reported);
            writer.WriteSigned(lease.GrantedAt - _now);
            writer.WriteSigned(lease.ExpiresAt - _now);
        }

        WriteLog(writer, _minute.Reported);
        WriteLog(writer, _minute.Assumed);
        WriteLog(writer, _hour.Reported);
        WriteLog(writer, _hour.Assumed);
        WriteTold(writer);
        IsChanged = false;
        return writer.ToArray();
    }

    private static OutstandingLease ReadLease(ref CompactReader reader, long now) => new()
    {
        Id = reader.ReadGuid(),
        Gateway = reader.ReadGuid(),
        Tokens = (int)reader.ReadUnsigned(),
        Reported = (int)reader.ReadUnsigned(),
        GrantedAt = now + reader.ReadSigned(),
        ExpiresAt = now + reader.ReadSigned(),
    };

    private static void ReadLog(ref CompactReader reader, UsageLog log, long now)
    {
        var entries = reader.ReadCount();
        var time = now;
        for (var i = 0; i < entries; i++)
        {
            // The first difference may be negative, the others cannot; the lowest bit tells whether a count follows.
            var step = reader.ReadSigned();
            time += step >> 1;
            var count = (step & 1) == 0 ? 1 : reader.ReadNumber();
            if (time is < -FurthestTime or > FurthestTime || count > int.MaxValue - log.Total)
            {
                throw CompactReader.Broken();
            }

            log.Add(time, count);
        }
    }

    // Followed by nothing where no gateway was ever alone, as in the first release.
    private void ReadTold(ref CompactReader reader)
    {
        for (var gateways = reader.IsAtEnd ? 0 : reader.ReadCount(); gateways > 0; gateways--)
        {
            var told = new Told(reader.ReadGuid(), reader.ReadSigned(), _now + reader.ReadSigned());
            if (told.At is < -FurthestTime or > FurthestTime)
            {
                throw CompactReader.Broken();
            }

            _told.Add(told);
        }
    }

    private void WriteTold(CompactWriter writer)
    {
        if (_told.Count == 0)
        {
            return;
        }

        writer.WriteUnsigned((ulong)_told.Count);
        foreach (var told in _told)
        {
            writer.WriteGuid(told.Gateway);
            writer.WriteSigned(told.Next);
            writer.WriteSigned(told.At - _now);
        }
    }

    private void WriteLog(CompactWriter writer, UsageLog log)
    {
        writer.WriteUnsigned((ulong)log.Entries.Length);
        var time = _now;
        foreach (ref readonly var entry in log.Entries)
        {
            var counted = entry.Count == 1 ? 0 : 1;
            writer.WriteSigned(((entry.Time - time) << 1) | (long)counted);
            if (counted == 1)
            {
                writer.WriteUnsigned((ulong)entry.Count);
            }

            time = entry.Time;
        }
    }
}
