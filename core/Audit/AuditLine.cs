using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Core.Audit;

/// <summary>
/// A record as it is stored and exported: one line of JSON in ASCII, its members in one order, its hash the last of them.
/// What is sealed is the line as it is without the hash: nothing is written anew to be checked.
/// </summary>
public static class AuditLine
{
    /// <summary>No line is longer: every text in it is bounded.</summary>
    public const int MostBytes = 8192;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string HashStart = ",\"hash\":\"";
    private const string HashEnd = "\"}";
    private const int HashDigits = AuditKeys.HashBytes * 2;
    private const int SealLength = 9 + HashDigits + 2;

    /// <summary>Writes what is sealed of a record.</summary>
    /// <param name="log">The log's full name.</param>
    /// <param name="record">The record.</param>
    public static string WriteCanonical(string log, AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("seq"u8, record.Seq);
            json.WriteString("at"u8, Text(record.At));
            json.WriteString("log"u8, log);
            json.WriteString("key"u8, record.Key);
            WriteOptional(json, "previous"u8, record.Previous, AuditText.MostIdBytes);
            WriteEntry(json, record.Entry);
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(output.WrittenSpan);
    }

    /// <summary>The line of a record.</summary>
    /// <param name="canonical">From <see cref="WriteCanonical"/>.</param>
    /// <param name="hash">Of it and the record before.</param>
    public static string Seal(string canonical, ReadOnlySpan<byte> hash) =>
        string.Concat(canonical.AsSpan()[..^1], HashStart, Convert.ToHexStringLower(hash), HashEnd);

    /// <summary>Takes a line apart.</summary>
    /// <param name="line">One line, without its end.</param>
    /// <param name="canonical">What was sealed.</param>
    /// <param name="hash">The hash that it carries, in lower-case hexadecimal.</param>
    /// <returns>Whether it has the form of a line.</returns>
    public static bool TrySplit(string line, [NotNullWhen(true)] out string? canonical, [NotNullWhen(true)] out string? hash)
    {
        ArgumentNullException.ThrowIfNull(line);
        (canonical, hash) = (null, null);
        if (line.Length is <= SealLength or > MostBytes || line[0] != '{' || !Ascii.IsValid(line) || !line.EndsWith(HashEnd, StringComparison.Ordinal))
        {
            return false;
        }

        var seal = line.AsSpan(line.Length - SealLength);
        var digits = seal.Slice(HashStart.Length, HashDigits);
        if (!seal.StartsWith(HashStart, StringComparison.Ordinal) || !AuditKeys.IsHash(digits))
        {
            return false;
        }

        canonical = string.Concat(line.AsSpan(0, line.Length - SealLength), "}");
        hash = digits.ToString();
        return true;
    }

    /// <summary>Reads the record of a line. Whether it is true is for <see cref="AuditVerifier"/> to say.</summary>
    /// <returns><see langword="null"/>: it is no record.</returns>
    public static AuditRecord? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            return new AuditRecord(
                json.GetProperty("seq"u8).GetInt64(), Time(json, "at")!.Value, Text(json, "key") ?? throw new FormatException("It names no key."), Text(json, "previous"), ReadEntry(json));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The log that a line says it is of; <see langword="null"/>: none.</summary>
    public static string? LogOf(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Text(document.RootElement, "log");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteString("happened"u8, Text(entry.HappenedAt));
        WriteOptional(json, "actor"u8, entry.Actor, AuditText.MostIdBytes);
        WriteOptional(json, "auth"u8, entry.Authentication, AuditText.MostIdBytes);
        WriteOptional(json, "address"u8, entry.Address, AuditText.MostIdBytes);
        WriteOptional(json, "action"u8, entry.Action, AuditText.MostIdBytes);
        WriteOptional(json, "object"u8, entry.Object, AuditText.MostIdBytes);
        WriteOptional(json, "before"u8, entry.BeforeHash, AuditText.MostIdBytes);
        WriteOptional(json, "after"u8, entry.AfterHash, AuditText.MostIdBytes);
        WriteOptional(json, "difference"u8, entry.Difference, AuditText.MostTextBytes);
        WriteOptional(json, "request"u8, entry.RequestId, AuditText.MostIdBytes);
        WriteOptional(json, "outcome"u8, entry.Outcome, AuditText.MostIdBytes);
        WriteOptional(json, "detail"u8, entry.Detail, AuditText.MostTextBytes);
        if (entry.Intent > 0)
        {
            json.WriteNumber("intent"u8, entry.Intent);
        }

        if (entry.Count != 1)
        {
            json.WriteNumber("count"u8, entry.Count);
        }

        if (entry.Until is { } until)
        {
            json.WriteString("until"u8, Text(until));
        }

        WriteOptional(json, "process"u8, entry.Process, AuditText.MostIdBytes);
    }

    private static AuditEntry ReadEntry(JsonElement json) => new()
    {
        HappenedAt = Time(json, "happened")!.Value,
        Actor = Text(json, "actor") ?? "",
        Authentication = Text(json, "auth"),
        Address = Text(json, "address"),
        Action = Text(json, "action") ?? "",
        Object = Text(json, "object"),
        BeforeHash = Text(json, "before"),
        AfterHash = Text(json, "after"),
        Difference = Text(json, "difference"),
        RequestId = Text(json, "request"),
        Outcome = Text(json, "outcome") ?? "",
        Detail = Text(json, "detail"),
        Intent = Number(json, "intent", 0),
        Count = Number(json, "count", 1),
        Until = Time(json, "until"),
        Process = Text(json, "process"),
    };

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text, int mostBytes)
    {
        if (text is not null)
        {
            json.WriteString(name, AuditText.Clean(text, mostBytes));
        }
    }

    private static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long Number(JsonElement json, string name, long fallback) => json.TryGetProperty(name, out var value) ? value.GetInt64() : fallback;

    private static DateTimeOffset? Time(JsonElement json, string name) => Text(json, name) is { } text
        ? DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;
}
