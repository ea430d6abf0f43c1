using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Checks a key against the table. A known key costs one HMAC and one look-up; a key that is wrong, revoked or expired
/// gets one and the same answer.
/// </summary>
internal sealed class KeyVerifier(
    KeyTable table, KeyLookup lookup, KeyRehasher rehasher, PepperSource pepper, SecurityMetrics metrics, TimeProvider clock)
{
    /// <summary>Checks a key. Completes synchronously save for one that is not known yet.</summary>
    /// <param name="key">What a client sent.</param>
    /// <param name="maxStale">How old what is known of the directory may be.</param>
    /// <param name="isBarred">Whether the client has guessed too often: then nobody is asked for a key that is not known.</param>
    public ValueTask<Authentication> CheckAsync(ReadOnlySpan<char> key, TimeSpan maxStale, bool isBarred)
    {
        if (key.Length > KeyHash.LongestKey)
        {
            return new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown));
        }

        // Whose key it claims to be is no secret: the record is on its way from memory while the secret is hashed.
        var isOfDirectory = ApiKeyFormat.TryReadPublicId(key, out var publicId);
        var shard = KeyDirectory.ShardOf(publicId);
        Span<byte> octets = stackalloc byte[ApiKeyFormat.PublicIdLength];
        var id = new KeyId(octets[..Encoding.ASCII.GetBytes(publicId, octets)]);
        var hash = pepper.Current.Hash(key, id, isOfDirectory ? table.Expect(shard, id) : null);
        if (table.FindInFile(hash) is { } ofFile)
        {
            return new(Judge(ofFile));
        }

        if (!isOfDirectory)
        {
            return new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown));
        }

        if ((table.Find(shard, id, hash) ?? FindByOlderPepper(shard, id, key, hash)) is { } entry)
        {
            return new(table.AgeOf(shard) > maxStale ? Refuse(Refusals.KeysStale(), SecurityMetrics.Stale) : Judge(entry));
        }

        return !isBarred && ApiKeyFormat.IsWellFormed(key)
            ? LookUpAsync(publicId.ToString(), hash, HashByOlderPepper(key))
            : new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown));
    }

    private KeyEntry? FindByOlderPepper(int shard, in KeyId id, ReadOnlySpan<char> key, in KeyHash hash)
    {
        if (HashByOlderPepper(key) is not { } older || table.Find(shard, id, older) is not { } entry)
        {
            return null;
        }

        rehasher.Offer(entry, older, hash);
        return entry;
    }

    private KeyHash? HashByOlderPepper(ReadOnlySpan<char> key) =>
        pepper.Previous is { } previous ? previous.Hash(key) : null;

    private Authentication Judge(KeyEntry entry)
    {
        if (!entry.IsGood(clock))
        {
            return Refuse(Refusals.InvalidKey(), SecurityMetrics.Ended);
        }

        entry.Used();
        return entry.Caller;
    }

    private async ValueTask<Authentication> LookUpAsync(string publicId, KeyHash hash, KeyHash? older)
    {
        var found = await lookup.FindAsync(publicId, hash, older);
        return found.Refusal is { } refusal
            ? Refuse(refusal, refusal.Status == StatusCodes.Status401Unauthorized ? SecurityMetrics.Unknown : SecurityMetrics.Stale)
            : found;
    }

    private Authentication Refuse(Refusal refusal, string reason)
    {
        metrics.Refused(reason);
        return refusal;
    }
}
