using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.Storage;
using ProxyCluster.Grains.RateLimiting;
using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Tests.Unit.Storage;

public sealed class SqliteGrantStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("pc.rate-limiter", "key:abc");

    private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-grants-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private SqliteGrantStorage _storage;

    public SqliteGrantStorageTests() => _storage = Open();

    [Fact]
    public async Task State_Written_IsReadByTheNextProcess()
    {
        var written = await ReadAsync(Grain);
        Assert.False(written.RecordExists);
        written.State!.Book = [1, 2, 3];
        await WriteAsync(Grain, written);
        _storage.Dispose();
        _storage = Open();

        var read = await ReadAsync(Grain);

        Assert.Equal((true, "1"), (read.RecordExists, read.ETag));
        Assert.Equal([1, 2, 3], read.State!.Book);
    }

    [Fact]
    public async Task Write_OfAnotherActivation_IsAConflictForTheFirst()
    {
        var first = await ReadAsync(Grain);
        var second = await ReadAsync(Grain);
        await WriteAsync(Grain, second);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(Grain, first));

        await WriteAsync(Grain, second);
        second.ETag = "1";
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(Grain, second));
    }

    [Fact]
    public async Task Writes_OfManyAtOnce_AreAllThere_AndAConflictAmongThemFailsAlone()
    {
        var states = new List<GrainState<RateLimiterState>>();
        for (var i = 0; i < 500; i++)
        {
            states.Add(await ReadAsync(Of(i)));
            states[i].State!.Book = [(byte)i, (byte)(i >> 8)];
        }

        var late = await ReadAsync(Of(7));
        await WriteAsync(Of(7), states[7]);
        var writes = states.Select((state, i) => i == 7 ? WriteAsync(Of(7), late) : WriteAsync(Of(i), state)).ToArray();
        await Assert.ThrowsAsync<InconsistentStateException>(() => Task.WhenAll(writes));

        Assert.Equal([7], Enumerable.Range(0, 500).Where(i => writes[i].IsFaulted));
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal([(byte)i, (byte)(i >> 8)], (await ReadAsync(Of(i))).State!.Book);
        }
    }

    [Fact]
    public async Task State_NotWrittenForItsLifetime_IsGone_AndMayComeAnew()
    {
        var old = await ReadAsync(Grain);
        await WriteAsync(Grain, old);
        _clock.Advance(TimeSpan.FromMinutes(65));
        await WriteAsync(Of(1), await ReadAsync(Of(1)));
        _clock.Advance(TimeSpan.FromMinutes(65));

        Assert.False((await ReadAsync(Grain)).RecordExists);
        Assert.True((await ReadAsync(Of(1))).RecordExists);
        await WriteAsync(Grain, old);
        Assert.Equal("2", (await ReadAsync(Grain)).ETag);
    }

    [Fact]
    public async Task State_Cleared_IsGone()
    {
        var state = await ReadAsync(Grain);
        await WriteAsync(Grain, state);

        await _storage.ClearStateAsync("state", Grain, state);

        Assert.False((await ReadAsync(Grain)).RecordExists);
        await WriteAsync(Grain, state);
    }

    public void Dispose()
    {
        _storage.Dispose();
        _services.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static GrainId Of(int number) => GrainId.Create("pc.rate-limiter", $"key:{number}");

    private SqliteGrantStorage Open() =>
        new(Path.Combine(_directory, "grants.db"), TimeSpan.FromHours(2), _services.GetRequiredService<Serializer>(), _clock);

    private async Task<GrainState<RateLimiterState>> ReadAsync(GrainId grain)
    {
        var state = new GrainState<RateLimiterState>();
        await _storage.ReadStateAsync("state", grain, state);
        return state;
    }

    private Task WriteAsync(GrainId grain, GrainState<RateLimiterState> state) => _storage.WriteStateAsync("state", grain, state);
}
