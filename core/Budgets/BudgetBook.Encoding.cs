using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Budgets;

/// <content>The book as bytes. Layouts are never changed, only followed by more: a reader skips what it does not know.</content>
public sealed partial class BudgetBook
{
    private const byte Version = 1;

    // So far from each other that sums of times still fit.
    private const long FurthestTime = 1L << 60;

    /// <summary>Reads a book that <see cref="Encode"/> wrote, in this release or an earlier one.</summary>
    /// <param name="bytes">Empty: a new book.</param>
    /// <exception cref="InvalidDataException">The bytes are no book, or one of a version that this release does not know.</exception>
    public static BudgetBook Decode(ReadOnlySpan<byte> bytes)
    {
        var book = new BudgetBook();
        if (bytes.IsEmpty)
        {
            return book;
        }

        var reader = new CompactReader(bytes);
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new InvalidDataException($"The stored budget has version {version}; this release reads version {Version}.");
        }

        book._now = ReadTime(ref reader);
        var holders = reader.ReadCount();
        for (var i = 0; i < holders; i++)
        {
            book._holders.Add(ReadHolder(ref reader));
        }

        book._minute.Read(ref reader, book._now);
        book._hour.Read(ref reader, book._now);
        book._days.Read(ref reader);
        book._alerts.Read(ref reader);
        return book;
    }

    /// <summary>Writes the book.</summary>
    public byte[] Encode()
    {
        var writer = new CompactWriter();
        writer.WriteByte(Version);
        writer.WriteUnsigned((ulong)_now);
        writer.WriteUnsigned((ulong)_holders.Count);
        foreach (var holder in _holders)
        {
            Write(writer, holder);
        }

        _minute.Write(writer);
        _hour.Write(writer);
        _days.Write(writer);
        _alerts.Write(writer);
        IsChanged = false;
        return writer.ToArray();
    }

    private static void Write(CompactWriter writer, BudgetHolder holder)
    {
        writer.WriteGuid(holder.Id);
        writer.WriteUnsigned((ulong)holder.Since);
        writer.WriteUnsigned((ulong)holder.Tag);
        writer.WriteUnsigned((ulong)holder.Sequence);
        writer.WriteUnsigned((ulong)holder.Granted.Tokens);
        writer.WriteUnsigned((ulong)holder.Granted.NanoDollars);
        writer.WriteUnsigned((ulong)holder.GrantedDay);
        writer.WriteUnsigned((ulong)holder.Tokens);
        writer.WriteUnsigned((ulong)holder.NanoDollars.Count);
        foreach (var (day, nanoDollars) in holder.NanoDollars)
        {
            writer.WriteUnsigned((ulong)day);
            writer.WriteUnsigned((ulong)nanoDollars);
        }

        writer.WriteUnsigned((ulong)holder.Alerts.Length);
        foreach (var alert in holder.Alerts)
        {
            writer.WriteByte((byte)alert.Limit);
            writer.WriteByte((byte)alert.Percent);
        }
    }

    private static BudgetHolder ReadHolder(ref CompactReader reader)
    {
        var holder = new BudgetHolder { Id = reader.ReadGuid(), Since = ReadTime(ref reader), Tag = ReadTime(ref reader) };
        holder.Sequence = (long)Math.Min(reader.ReadUnsigned(), long.MaxValue);
        holder.Granted = new Amount(SpentDays.ReadAmount(ref reader), SpentDays.ReadAmount(ref reader));
        holder.GrantedDay = SpentDays.ReadDay(ref reader);
        holder.Tokens = SpentDays.ReadAmount(ref reader);
        var days = reader.ReadCount();
        for (var i = 0; i < days; i++)
        {
            var day = SpentDays.ReadDay(ref reader);
            holder.AddMoney(day, SpentDays.ReadAmount(ref reader));
        }

        var alerts = ImmutableArray.CreateBuilder<BudgetAlert>();
        for (var count = reader.ReadCount(); alerts.Count < count;)
        {
            alerts.Add(new BudgetAlert((BudgetLimit)reader.ReadByte(), reader.ReadByte()));
        }

        holder.Alerts = alerts.ToImmutable();
        return holder;
    }

    private static long ReadTime(ref CompactReader reader)
    {
        var time = reader.ReadUnsigned();
        return time <= FurthestTime ? (long)time : throw CompactReader.Broken();
    }
}
