using System.Collections.Immutable;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class KeyTransitionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly KeyRecord _key = new()
    {
        PublicId = "4fGh2kLmN0pQ",
        Hash = Hash(1),
        Name = "app",
        Roles = [KeyRoles.User],
        CreatedAt = Now.AddDays(-1),
        CreatedBy = "key:maker",
        PepperVersion = 7,
    };

    [Fact]
    public void Changed_NeverTouchesIdentity_SecretsMakerAndRevocation()
    {
        var changed = KeyTransitions.Changed(_key, new KeyRecord
        {
            PublicId = "other",
            Hash = Hash(9),
            Name = "renamed",
            Roles = [],
            Revoked = true,
            CreatedBy = null,
            PreviousHash = Hash(8),
            Team = "research",
        });

        Assert.Equal(("renamed", "research"), (changed.Name, changed.Team));
        Assert.Equal(
            (_key.PublicId, _key.Hash, _key.Revoked, _key.CreatedBy, _key.CreatedAt, _key.PreviousHash),
            (changed.PublicId, changed.Hash, changed.Revoked, changed.CreatedBy, changed.CreatedAt, changed.PreviousHash));
    }

    [Fact]
    public void Rotated_KeepsTheOldSecretForTheGrace_AndDropsTheOneBefore()
    {
        var once = KeyTransitions.Rotated(_key, Hash(2), 8, TimeSpan.FromHours(24), Now);
        var twice = KeyTransitions.Rotated(once, Hash(3), 8, TimeSpan.FromHours(1), Now);

        Assert.Equal((Hash(1)[0], 7u, Now.AddHours(24)), (once.PreviousHash[0], once.PreviousPepperVersion, once.PreviousEndsAt));
        Assert.Equal((Hash(3)[0], Hash(2)[0], 8u), (twice.Hash[0], twice.PreviousHash[0], twice.PreviousPepperVersion));
    }

    [Fact]
    public void Rotated_WithoutGrace_EndsTheOldSecret()
    {
        var rotated = KeyTransitions.Rotated(_key, Hash(2), 8, TimeSpan.Zero, Now);

        Assert.True(rotated.PreviousHash.IsEmpty);
        Assert.Null(rotated.PreviousEndsAt);
    }

    [Fact]
    public void Rehashed_ReplacesTheHashThatIsKnown_AndNoOther()
    {
        var rotated = KeyTransitions.Rotated(_key, Hash(2), 7, TimeSpan.FromHours(1), Now);

        Assert.Equal((5, 9u), Of(KeyTransitions.Rehashed(rotated, Hash(2), Hash(5), 9)!, record => (record.Hash[0], record.PepperVersion)));
        Assert.Equal((5, 9u), Of(KeyTransitions.Rehashed(rotated, Hash(1), Hash(5), 9)!, record => (record.PreviousHash[0], record.PreviousPepperVersion)));
        Assert.Null(KeyTransitions.Rehashed(rotated, Hash(4), Hash(5), 9));
    }

    [Fact]
    public void HasEnded_WhenRevokedOrAtItsEnd()
    {
        Assert.False(KeyTransitions.HasEnded(_key, Now));
        Assert.True(KeyTransitions.HasEnded(_key with { Revoked = true }, Now));
        Assert.True(KeyTransitions.HasEnded(_key with { ExpiresAt = Now }, Now));
        Assert.False(KeyTransitions.HasEnded(_key with { ExpiresAt = Now.AddTicks(1) }, Now));
    }

    private static T Of<T>(KeyRecord record, Func<KeyRecord, T> read) => read(record);

    private static ImmutableArray<byte> Hash(byte first) => [first, .. new byte[KeyHash.Size - 1]];
}
