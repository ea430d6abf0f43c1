using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Secrets that follow one another, and peppers that do.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SecurityWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Secrets_OfARotatedKey_BothWork_UntilTheGraceEnds()
    {
        var old = await _world.CreateAsync();
        var (_, rotated) = await _world.Creation.RotateAsync(SecurityWorld.IdOf(old), TimeSpan.FromHours(24), 0, None);
        await _world.HearAsync();

        Assert.Equal((await AskAsync(old)).Caller?.Subject, (await AskAsync(rotated.Reveal())).Caller?.Subject);
        Assert.NotNull((await AskAsync(old)).Caller);
        _world.Clock.Advance(TimeSpan.FromHours(24));
        await _world.HearAsync();

        Assert.Equal(Refusals.InvalidKey(), (await AskAsync(old)).Refusal);
        Assert.NotNull((await AskAsync(rotated.Reveal())).Caller);
    }

    [Fact]
    public async Task Secret_OfAKeyRotatedWithoutGrace_EndsAtOnce()
    {
        var old = await _world.CreateAsync();
        await _world.HearAsync();
        Assert.NotNull((await AskAsync(old)).Caller);

        var (_, rotated) = await _world.Creation.RotateAsync(SecurityWorld.IdOf(old), TimeSpan.Zero, 0, None);
        await _world.HearAsync();

        Assert.Equal(Refusals.InvalidKey(), (await AskAsync(old)).Refusal);
        Assert.NotNull((await AskAsync(rotated.Reveal())).Caller);
    }

    [Fact]
    public async Task Secret_BeforeTheOneBefore_EndsWithTheNextRotation()
    {
        var first = await _world.CreateAsync();
        var (_, second) = await _world.Creation.RotateAsync(SecurityWorld.IdOf(first), TimeSpan.FromDays(1), 0, None);
        var (_, third) = await _world.Creation.RotateAsync(SecurityWorld.IdOf(first), TimeSpan.FromDays(1), 0, None);
        await _world.HearAsync();

        Assert.Null((await AskAsync(first)).Caller);
        Assert.NotNull((await AskAsync(second.Reveal())).Caller);
        Assert.NotNull((await AskAsync(third.Reveal())).Caller);
    }

    [Fact]
    public async Task Key_RevokedWithinTheGrace_WorksWithNeitherSecret()
    {
        var old = await _world.CreateAsync();
        var (_, rotated) = await _world.Creation.RotateAsync(SecurityWorld.IdOf(old), TimeSpan.FromDays(1), 0, None);
        await _world.ShardOf(old).RevokeAsync(SecurityWorld.IdOf(old));
        await _world.HearAsync();

        Assert.Null((await AskAsync(old)).Caller);
        Assert.Null((await AskAsync(rotated.Reveal())).Caller);
    }

    [Fact]
    public async Task Uses_AreTold_ForEachSecret_AndOnce()
    {
        var old = await _world.CreateAsync();
        var (_, rotated) = await _world.Creation.RotateAsync(SecurityWorld.IdOf(old), TimeSpan.FromDays(1), 0, None);
        await _world.HearAsync();
        await AskAsync(old);
        await AskAsync(rotated.Reveal());
        await AskAsync(rotated.Reveal());
        using var reporter = new KeyUseReporter(_world.Grains, _world.Table, _world.Clock, NullLogger<KeyUseReporter>.Instance);

        await reporter.ReportAsync();
        await reporter.ReportAsync();

        var id = SecurityWorld.IdOf(old);
        var now = _world.Clock.GetUtcNow();
        Assert.Equal(
            [new KeyUse(id, false, now), new KeyUse(id, true, now)],
            _world.ShardOf(old).Uses.OrderBy(use => use.IsPrevious));
    }

    [Fact]
    public async Task Uses_OfWhatWasRefused_AreNotTold()
    {
        var key = await _world.CreateAsync();
        await _world.ShardOf(key).RevokeAsync(SecurityWorld.IdOf(key));
        await _world.HearAsync();
        await AskAsync(key);

        Assert.Empty(_world.Table.TakeUses());
    }

    [Fact]
    public async Task Key_OfThePepperBefore_IsTaken_AndHashedAnew()
    {
        using var after = Successor(out var key, o => o.Auth.PreviousPepper = "${PC_TEST_OLD_PEPPER}");
        var stored = await PlantAsync(after, key);

        Assert.NotNull((await after.AskAsync(("x-api-key", key))).Caller);
        await after.Rehasher.Settled;

        var record = after.ShardOf(key).Keys.Find(SecurityWorld.IdOf(key))!;
        Assert.NotEqual(stored.Hash.AsSpan().ToArray(), record.Hash.AsSpan().ToArray());
        Assert.Equal(after.Pepper.Current.Version, record.PepperVersion);
        await after.HearAsync();
        Assert.NotNull((await after.AskAsync(("x-api-key", key))).Caller);
    }

    [Fact]
    public async Task Key_OfThePepperBefore_ThatIsLookedUp_IsTakenToo()
    {
        using var after = Successor(out var key, o => o.Auth.PreviousPepper = "${PC_TEST_OLD_PEPPER}");
        await PlantAsync(after, key, isHeard: false);

        Assert.NotNull((await after.AskAsync(("x-api-key", key))).Caller);
    }

    [Fact]
    public async Task Key_OfAPepperThatIsNamedNoMore_IsUnknown()
    {
        using var after = Successor(out var key, _ => { });
        await PlantAsync(after, key);

        Assert.Equal(Refusals.InvalidKey(), (await after.AskAsync(("x-api-key", key))).Refusal);
    }

    private const string OldPepper = "old-pepper-old-pepper-old-pepper-old-pepper";

    private static SecurityWorld Successor(out string key, Action<ProxyClusterOptions> configure)
    {
        Environment.SetEnvironmentVariable("PC_TEST_OLD_PEPPER", OldPepper);
        Environment.SetEnvironmentVariable("PC_TEST_NEW_PEPPER", "new-pepper-new-pepper-new-pepper-new-pepper");
        key = SecurityWorld.RandomKey();
        return new SecurityWorld(options =>
        {
            options.Auth.Required = true;
            options.Auth.Pepper = "${PC_TEST_NEW_PEPPER}";
            configure(options);
        });
    }

    private static async Task<KeyRecord> PlantAsync(SecurityWorld world, string key, bool isHeard = true)
    {
        var record = SecurityWorld.Wish(KeyRoles.User) with
        {
            PublicId = SecurityWorld.IdOf(key),
            Hash = [.. KeyHash.Of(System.Text.Encoding.UTF8.GetBytes(OldPepper), key).ToArray()],
        };
        await world.ShardOf(key).AddAsync(record);
        if (isHeard)
        {
            await world.HearAsync();
        }

        return record;
    }

    private ValueTask<Authentication> AskAsync(string key) => _world.AskAsync(("x-api-key", key));
}
