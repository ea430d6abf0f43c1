using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Core.Audit;

/// <summary>
/// Says, outside of the store, how far a log was and what its last hash was: whoever cuts the log, or writes it anew from
/// there on, contradicts it.
/// </summary>
/// <param name="Log">The log's full name.</param>
/// <param name="Seq">The last record.</param>
/// <param name="Hash">Its hash, in lower-case hexadecimal.</param>
/// <param name="At">When this was said, UTC.</param>
/// <param name="Signature">ECDSA over the other members, in base64; <see langword="null"/>: unsigned.</param>
public sealed record AuditAnchor(string Log, long Seq, string Hash, DateTimeOffset At, string? Signature = null)
{
    /// <summary>One line of JSON.</summary>
    public string Write()
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("log"u8, Log);
            json.WriteNumber("seq"u8, Seq);
            json.WriteString("hash"u8, Hash);
            json.WriteString("at"u8, TimeText);
            if (Signature is not null)
            {
                json.WriteString("signature"u8, Signature);
            }

            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(output.ToArray());
    }

    /// <summary>Reads a line. What else a collector added to it does not matter.</summary>
    public static bool TryRead(string line, [NotNullWhen(true)] out AuditAnchor? anchor)
    {
        anchor = null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            if (json.GetProperty("log"u8).GetString() is { } log && json.GetProperty("hash"u8).GetString() is { } hash)
            {
                var signature = json.TryGetProperty("signature"u8, out var value) ? value.GetString() : null;
                anchor = new(log, json.GetProperty("seq"u8).GetInt64(), hash, json.GetProperty("at"u8).GetDateTimeOffset(), signature);
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }

        return anchor is not null;
    }

    /// <summary>The anchor with a signature.</summary>
    public AuditAnchor Sign(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return this with { Signature = Convert.ToBase64String(key.SignData(Signed(), HashAlgorithmName.SHA256)) };
    }

    /// <summary>Whether the signature is the key's.</summary>
    public bool IsSignedBy(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var signature = new byte[256];
        return Signature is not null
            && Convert.TryFromBase64String(Signature, signature, out var length)
            && key.VerifyData(Signed(), signature.AsSpan(0, length), HashAlgorithmName.SHA256);
    }

    private string TimeText => At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private byte[] Signed() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"proxycluster anchor\n{Log}\n{Seq}\n{Hash}\n{TimeText}"));
}
