using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>How long checks take, one by one. A key's text is read before its time begins: a request's was, just now.</summary>
internal sealed class CheckRun(KeyVerifier verifier, Pepper pepper)
{
    private const int Checks = 1_000_000;

    private readonly long[] _times = new long[Checks];
    private readonly char[] _text = new char[ApiKeyFormat.Length];

    /// <summary>Of the hash of a key, to see what of a check it is.</summary>
    public string Hash(Func<string> next)
    {
        for (var i = 0; i < _times.Length; i++)
        {
            next().CopyTo(_text);
            var started = Stopwatch.GetTimestamp();
            KeyHash.Of(pepper.Value, _text);
            _times[i] = Stopwatch.GetTimestamp() - started;
        }

        return Summary();
    }

    /// <summary>Of a whole check.</summary>
    /// <exception cref="InvalidOperationException">A key was refused.</exception>
    public string Check(Func<string> next)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < _times.Length; i++)
        {
            next().CopyTo(_text);
            var started = Stopwatch.GetTimestamp();
            var answer = verifier.CheckAsync(_text, TimeSpan.MaxValue, isBarred: false);
            _times[i] = Stopwatch.GetTimestamp() - started;
            if (!answer.IsCompletedSuccessfully || answer.Result.Caller is null)
            {
                throw new InvalidOperationException("A key of the bench was refused.");
            }
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return string.Create(CultureInfo.InvariantCulture, $"{Summary()}, {(double)allocated / Checks:F0} bytes allocated");
    }

    /// <summary>Of what follows the hash, nothing of it fetched from memory ahead.</summary>
    /// <exception cref="InvalidOperationException">A key was not found.</exception>
    public string Find(KeyTable table, Func<string> next)
    {
        Span<byte> octets = stackalloc byte[ApiKeyFormat.PublicIdLength];
        for (var i = 0; i < _times.Length; i++)
        {
            var key = next();
            var shard = KeyPopulation.ShardOf(key);
            Encoding.ASCII.GetBytes(key.AsSpan(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength), octets);
            var hash = pepper.Hash(key);
            var started = Stopwatch.GetTimestamp();
            var entry = table.Find(shard, new KeyId(octets), hash);
            _times[i] = Stopwatch.GetTimestamp() - started;
            if (entry is null)
            {
                throw new InvalidOperationException("A key of the bench was not found.");
            }
        }

        return Summary();
    }

    /// <summary>Of the account of a user, held by nobody or by some key in use.</summary>
    public string Account(AccountTable accounts, Func<int> next)
    {
        for (var i = 0; i < _times.Length; i++)
        {
            var user = KeyPopulation.UserOf(next());
            var started = Stopwatch.GetTimestamp();
            accounts.Of(SubjectKind.User, user);
            _times[i] = Stopwatch.GetTimestamp() - started;
        }

        return Summary();
    }

    /// <summary>Of nothing: what the clock itself takes, which every other figure holds.</summary>
    public string Nothing()
    {
        for (var i = 0; i < _times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            _times[i] = Stopwatch.GetTimestamp() - started;
        }

        return Summary();
    }

    private string Summary()
    {
        Array.Sort(_times);
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F2} µs, p99 {At(0.99):F2} µs, p99.9 {At(0.999):F2} µs");
    }

    private double At(double share) => _times[(int)(_times.Length * share)] * 1e6 / Stopwatch.Frequency;
}
