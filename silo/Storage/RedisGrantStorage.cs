using Orleans.Serialization;
using Orleans.Storage;
using StackExchange.Redis;

namespace ProxyCluster.Silo.Storage;

/// <summary>
/// States that are written before each grant, in Redis. The writes of many grains share one connection and so its round trips,
/// and Redis commits what reaches it together; what is not written any more ends by itself.
/// </summary>
internal sealed class RedisGrantStorage(ConfigurationOptions options, string serviceId, TimeSpan lifetime, Serializer serializer) : IGrainStorage, IAsyncDisposable
{
    // Who read no row may only make one, who read one may only replace that very version; a row that has gone since may come anew.
    private const string Write = """
        local version = redis.call('HGET', KEYS[1], 'v')
        if version and version ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[1], 'v', ARGV[2], 'd', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return 1
        """;

    private const string Clear = "if redis.call('HGET', KEYS[1], 'v') == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1";

    private readonly Lazy<Task<ConnectionMultiplexer>> _connection = new(() => ConnectionMultiplexer.ConnectAsync(options));
    private readonly RedisValue _lifetime = (long)lifetime.TotalMilliseconds;

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var redis = await DatabaseAsync();
        var row = await redis.HashGetAsync(KeyOf(stateName, grainId), ["v", "d"]);
        var found = !row[0].IsNull;
        grainState.RecordExists = found;
        grainState.ETag = found ? row[0].ToString() : null;
        grainState.State = found ? serializer.Deserialize<T>((byte[])row[1]!) : Activator.CreateInstance<T>();
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var redis = await DatabaseAsync();
        var key = KeyOf(stateName, grainId);

        // Never the same twice: counted versions would agree by chance once a Redis has lost its memory.
        var version = Guid.NewGuid().ToString("N");
        var written = await redis.ScriptEvaluateAsync(Write, [key], [grainState.ETag ?? "", version, serializer.SerializeToArray(grainState.State), _lifetime]);
        if ((int)written == 0)
        {
            throw new InconsistentStateException($"Another activation has written {key}.", "unknown", grainState.ETag ?? "none");
        }

        grainState.ETag = version;
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var redis = await DatabaseAsync();
        await redis.ScriptEvaluateAsync(Clear, [KeyOf(stateName, grainId)], [grainState.ETag ?? ""]);
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection.IsValueCreated)
        {
            await (await _connection.Value).DisposeAsync();
        }
    }

    private async ValueTask<IDatabase> DatabaseAsync() => (await _connection.Value).GetDatabase();

    private RedisKey KeyOf(string stateName, GrainId grain) => $"{serviceId}/grants/{grain}/{stateName}";
}
