using System.Collections.Concurrent;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Model names as JSON strings, quotes included, made once for each name.</summary>
internal sealed class ModelTokens
{
    private const int MostKept = 1024;

    private readonly ConcurrentDictionary<string, byte[]> _tokens = new(StringComparer.Ordinal);

    public ReadOnlyMemory<byte> For(string model)
    {
        if (_tokens.TryGetValue(model, out var token))
        {
            return token;
        }

        token = JsonSerializer.SerializeToUtf8Bytes(model);
        if (_tokens.Count < MostKept)
        {
            _tokens[model] = token;
        }

        return token;
    }
}
