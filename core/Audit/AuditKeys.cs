using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Core.Audit;

/// <summary>
/// Seals records: <c>h(n) = HMAC-SHA-256(k, h(n-1) || line(n))</c>, where <c>k</c> is derived from the cluster's secret for
/// each log and each day (RELIABILITY section 7.4).
/// </summary>
/// <remarks>
/// Without a secret the chain is sealed by a key that everyone knows: it shows damage, and with anchors also falsification,
/// but not by itself.
/// </remarks>
public sealed class AuditKeys
{
    /// <summary>The size of a hash.</summary>
    public const int HashBytes = 32;

    /// <summary>The id of no secret.</summary>
    public const string NoKey = "none";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly byte[]?[] _secrets;
    private readonly string[] _ids;
    private EpochKey? _latest;

    /// <summary>Takes the secrets.</summary>
    /// <param name="secret">The one in force; empty: there is none.</param>
    /// <param name="earlier">Those that older records were sealed under.</param>
    public AuditKeys(ReadOnlySpan<byte> secret, params IEnumerable<byte[]> earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        _secrets = [secret.IsEmpty ? null : secret.ToArray(), .. earlier];
        _ids = [.. _secrets.Select(IdOf)];
    }

    /// <summary>The id of the secret in force, which every record names: tells another secret from a falsified record.</summary>
    public string CurrentId => _ids[0];

    /// <summary>Whether there is a secret.</summary>
    public bool IsSecret => _secrets[0] is not null;

    /// <summary>What stands before the first record of a log.</summary>
    public static string Beginning { get; } = new('0', HashBytes * 2);

    /// <summary>Whether a text has the form of a hash: lower-case hexadecimal.</summary>
    public static bool IsHash(ReadOnlySpan<char> text) => text.Length == HashBytes * 2 && !text.ContainsAnyExcept(Digits);

    /// <summary>The hash of a record.</summary>
    /// <param name="log">The log's full name.</param>
    /// <param name="id">The secret that the record names.</param>
    /// <param name="at">When the record was written: its day is the key's.</param>
    /// <param name="previous">The hash of the record before, in hexadecimal.</param>
    /// <param name="canonical">From <see cref="AuditLine.WriteCanonical"/>.</param>
    /// <returns>In lower-case hexadecimal; <see langword="null"/>: that secret is not known here.</returns>
    public string? Hash(string log, string id, DateTimeOffset at, string previous, string canonical)
    {
        if (KeyOf(log, id, DateOnly.FromDateTime(at.UtcDateTime)) is not { } key)
        {
            return null;
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Convert.FromHexString(previous));
        hmac.AppendData(Encoding.ASCII.GetBytes(canonical));
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private byte[]? KeyOf(string log, string id, DateOnly day)
    {
        if (Volatile.Read(ref _latest) is { } latest && latest.Log == log && latest.Id == id && latest.Day == day)
        {
            return latest.Key;
        }

        var known = Array.IndexOf(_ids, id);
        if (known < 0)
        {
            return null;
        }

        var key = Derive(_secrets[known], string.Create(CultureInfo.InvariantCulture, $"proxycluster audit key {log} {day:yyyy-MM-dd}"));
        Volatile.Write(ref _latest, new EpochKey(log, id, day, key));
        return key;
    }

    private static string IdOf(byte[]? secret) =>
        secret is null ? NoKey : Convert.ToHexStringLower(Derive(secret, "proxycluster audit key id").AsSpan(0, 4));

    private static byte[] Derive(byte[]? secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret ?? [], HashBytes, salt: null, Encoding.UTF8.GetBytes(purpose));

    // No record: its text would tell the key.
    private sealed class EpochKey(string log, string id, DateOnly day, byte[] key)
    {
        public string Log => log;

        public string Id => id;

        public DateOnly Day => day;

        public byte[] Key => key;
    }
}
