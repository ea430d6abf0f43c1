using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>What a gateway that starts without its cluster still knows.</summary>
public sealed class KeySnapshotStoreTests : IDisposable
{
    private readonly SecurityWorld _before = new();

    private string SnapshotPath => Path.Combine(_before.Directory, "gateway-keys.bin");

    public void Dispose() => _before.Dispose();

    [Fact]
    public async Task Keys_KeptOnDisk_WorkAfterARestart_AsTheyWere()
    {
        var admin = await _before.CreateAsync(KeyRoles.Admin);
        var revoked = await _before.CreateAsync();
        var ending = await _before.CreateAsync(expiresAt: _before.Clock.GetUtcNow().AddHours(1));
        await _before.ShardOf(revoked).RevokeAsync(revoked.Substring(6, 12));
        await SaveAsync();

        using var after = Restarted();
        after.Snapshots().Load();

        Assert.True((await after.AskAsync(("x-api-key", admin))).Caller!.May(Permission.All));
        Assert.NotNull((await after.AskAsync(("x-api-key", ending))).Caller);
        Assert.Equal(Refusals.InvalidKey(), (await after.AskAsync(("x-api-key", revoked))).Refusal);
        Assert.Equal(_before.Table.CursorOf(SecurityWorld.NumberOf(admin)), after.Table.CursorOf(SecurityWorld.NumberOf(admin)));
    }

    [Fact]
    public async Task Keys_KeptOnDisk_AreNoYoungerAfterARestart()
    {
        var key = await _before.CreateAsync();
        await SaveAsync();

        using var after = Restarted();
        after.Clock.Advance(TimeSpan.FromSeconds(301));
        after.Snapshots().Load();

        Assert.Equal(Refusals.KeysStale(), (await after.AskAsync(("x-api-key", key))).Refusal);
    }

    [Fact]
    public async Task Moment_WhileNothingChanges_IsRenewed()
    {
        var key = await _before.CreateAsync();
        await _before.HearAsync();
        var store = _before.Snapshots();
        store.Changed();
        store.Save();
        var length = new FileInfo(SnapshotPath).Length;
        _before.Clock.Advance(TimeSpan.FromSeconds(250));
        await _before.HearAsync();
        store.Save();

        using var after = Restarted();
        after.Clock.Advance(TimeSpan.FromSeconds(301));
        after.Snapshots().Load();

        Assert.Equal(length, new FileInfo(SnapshotPath).Length);
        Assert.NotNull((await after.AskAsync(("x-api-key", key))).Caller);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(-1)]
    public async Task File_WithOneBitChanged_IsPassedOver(int at)
    {
        await _before.CreateAsync(KeyRoles.Admin);
        await SaveAsync();
        var file = await File.ReadAllBytesAsync(SnapshotPath, TestContext.Current.CancellationToken);
        file[at < 0 ? file.Length + at : at] ^= 1;
        await File.WriteAllBytesAsync(SnapshotPath, file, TestContext.Current.CancellationToken);

        using var after = Restarted();
        after.Snapshots().Load();

        Assert.Equal(0, after.Table.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(79)]
    [InlineData(200)]
    public async Task File_ThatIsTorn_IsPassedOver(int length)
    {
        await _before.CreateAsync();
        await SaveAsync();
        await using (var file = File.OpenWrite(SnapshotPath))
        {
            file.SetLength(length);
        }

        using var after = Restarted();
        after.Snapshots().Load();

        Assert.Equal(0, after.Table.Count);
    }

    [Fact]
    public async Task File_HoldsNoKey_AndIsForItsOwnerOnly()
    {
        var key = await _before.CreateAsync();
        await SaveAsync();

        var content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(SnapshotPath, TestContext.Current.CancellationToken));

        Assert.DoesNotContain(key[19..], content, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Substring(6, 12), content, StringComparison.Ordinal);
        Assert.True(SecurityWorld.IsPrivate(SnapshotPath));
    }

    [Fact]
    public void Nothing_IsSaved_BeforeEachShardWasHeard()
    {
        var store = _before.Snapshots();
        store.Changed();
        store.Save();

        Assert.False(File.Exists(SnapshotPath));
    }

    private SecurityWorld Restarted() => new(o => o.Auth = new AuthOptions { Required = true }, _before.Directory);

    private async Task SaveAsync()
    {
        await _before.HearAsync();
        var store = _before.Snapshots();
        store.Changed();
        store.Save();
    }
}
