using System.Buffers;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>The name of a request in answers and logs: the client's own if it is safe to repeat, else a new one.</summary>
internal sealed class RequestIds(RandomSource random)
{
    private const int MaxLength = 128;
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";

    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public string For(HttpRequest request)
    {
        var given = request.Headers["x-request-id"];

        // A key that came in the wrong header would be logged and told.
        return given.Count == 1 && given[0] is { Length: > 0 and <= MaxLength } id && !id.AsSpan().ContainsAnyExcept(Safe)
            && !id.StartsWith(ApiKeyFormat.Prefix, StringComparison.Ordinal)
            ? id
            : string.Create(28, this, static (chars, ids) => ids.Fill(chars));
    }

    private void Fill(Span<char> chars)
    {
        "req_".CopyTo(chars);
        var (high, low) = (random.NextBits(), random.NextBits());
        for (var i = 4; i < chars.Length; i++)
        {
            ref var bits = ref i < 16 ? ref high : ref low;
            chars[i] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }
    }
}
