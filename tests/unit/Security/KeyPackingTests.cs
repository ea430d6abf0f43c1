using System.Collections.Immutable;
using CsCheck;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class KeyPackingTests
{
    private static readonly Gen<string?> MaybeText = Gen.OneOf(Gen.Const((string?)null), Gen.String[0, 20].Where(IsText).Select(text => (string?)text));
    private static readonly Gen<ImmutableArray<string>> Texts = Gen.String[0, 10].Where(IsText).Array[0, 4].Select(texts => texts.ToImmutableArray());
    private static readonly Gen<DateTimeOffset?> MaybeMoment = Gen.OneOf(
        Gen.Const((DateTimeOffset?)null), Gen.Long[1, DateTime.MaxValue.Ticks].Select(ticks => (DateTimeOffset?)new DateTimeOffset(ticks, TimeSpan.Zero)));

    private static readonly Gen<ImmutableArray<byte>> Hash = Gen.Byte.Array[KeyHash.Size].Select(bytes => bytes.ToImmutableArray());

    private static readonly Gen<LimitSet?> Limits = Gen.OneOf(
        Gen.Const((LimitSet?)null),
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Long[0, long.MaxValue - 1], Gen.Decimal, Gen.Bool).Select((requests, tokens, dollars, shadow) =>
            (LimitSet?)new LimitSet { RequestsPerMinute = requests, TokensPerHour = tokens, DollarsPerMonth = dollars, Shadow = shadow }));

    private static readonly Gen<KeyRecord> Plain = Gen.Select(Hash, Gen.String[0, 30].Where(IsText), Texts, MaybeText, MaybeText, MaybeMoment, Gen.Bool)
        .Select((hash, name, roles, user, team, end, revoked) => new KeyRecord
        {
            PublicId = "4fGh2kLmN0pQ",
            Hash = hash,
            Name = name,
            Roles = roles,
            User = user,
            Team = team,
            ExpiresAt = end,
            Revoked = revoked,
        });

    private static readonly Gen<KeyRecord> Key = Gen.Select(Plain, Limits, Texts, Texts, MaybeText, Gen.UInt, Gen.Select(Gen.Bool, Hash, MaybeMoment))
        .Select((key, limits, models, permissions, maker, pepper, previous) => key with
        {
            Limits = limits,
            Models = models,
            Permissions = permissions,
            CreatedBy = maker,
            PepperVersion = pepper,
            Priority = pepper % 2 == 0 ? null : (RequestPriority)(pepper % 4),
            PreviousHash = previous.Item1 ? previous.Item2 : [],
            PreviousPepperVersion = previous.Item1 ? pepper : 0,
            PreviousEndsAt = previous.Item1 ? previous.Item3 : null,
        });

    [Fact]
    public void Key_Packed_IsReadAsItWas() => Key.Sample(key =>
    {
        var buffer = new byte[KeyPacking.MostBytes];
        var packed = buffer.AsSpan(0, KeyPacking.Pack(key, buffer));
        var read = KeyPacking.Unpack(packed);

        Assert.Equal(Flat(key), Flat(read));
        Assert.Equal(Flat(key with { Hash = [], PreviousHash = [] }), Flat(KeyPacking.UnpackFacts(packed).ToRecord([], [])));
        Assert.Equal(Flat(key with { Hash = [], PreviousHash = [] }), Flat(KeyFacts.Of(key).ToRecord([], [])));
        Assert.True(KeyPacking.HashOf(packed).SequenceEqual(key.Hash.AsSpan()));
        Assert.True(KeyPacking.PreviousHashOf(packed).SequenceEqual(key.PreviousHash.AsSpan()));
        Assert.True(KeyPacking.IdOf(packed).SequenceEqual("4fGh2kLmN0pQ"u8));
    });

    [Fact]
    public void Subject_Packed_IsReadAsItWas() => Gen.Select(Texts, Texts, MaybeText, Limits, Gen.Bool, Gen.Bool).Sample((models, regions, team, limits, suspended, deleted) =>
    {
        var record = new SubjectRecord { Kind = SubjectKind.User, Id = "ada", Team = team, Limits = limits, Models = models, Regions = regions, Suspended = suspended, Deleted = deleted };
        var buffer = new byte[KeyPacking.MostBytes];

        var read = KeyPacking.UnpackSubject(buffer.AsSpan(0, KeyPacking.Pack(record, buffer)));

        Assert.Equal(
            (record.Kind, record.Id, record.Team, record.Limits, record.Suspended, record.Deleted),
            (read.Kind, read.Id, read.Team, read.Limits, read.Suspended, read.Deleted));
        Assert.Equal((IEnumerable<string>)record.Models, read.Models);
        Assert.Equal((IEnumerable<string>)record.Regions, read.Regions);
    });

    [Fact]
    public void Bytes_ThatAreNoRecord_AreAFormatFault_AndNothingElse() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        try
        {
            KeyPacking.Unpack(bytes);
        }
        catch (FormatException)
        {
            // As it is promised.
        }
    });

    [Fact]
    public void Record_ThatIsDamagedOrTooLong_IsNotPacked()
    {
        var key = new KeyRecord { PublicId = "4fGh2kLmN0pQ", Hash = [1, 2, 3], Name = "a", Roles = [] };
        var whole = key with { Hash = [.. new byte[KeyHash.Size]] };

        Assert.Equal(0, KeyPacking.Pack(key, new byte[KeyPacking.MostBytes]));
        Assert.Equal(0, KeyPacking.Pack(whole with { PreviousHash = [1] }, new byte[KeyPacking.MostBytes]));
        Assert.Equal(0, KeyPacking.Pack(whole with { Name = new string('x', KeyPacking.MostBytes) }, new byte[KeyPacking.MostBytes]));
        Assert.InRange(KeyPacking.Pack(whole with { Roles = ["user"], CreatedBy = "key:4fGh2kLmN0pQ" }, new byte[KeyPacking.MostBytes]), 1, 100);
    }

    private static bool IsText(string text) => !text.Any(char.IsSurrogate);

    private static string Flat(KeyRecord key) => string.Join(
        '|',
        Convert.ToHexString(key.Hash.AsSpan()), Convert.ToHexString(key.PreviousHash.IsDefault ? [] : key.PreviousHash.AsSpan()), key.PublicId, key.Name,
        string.Join(',', key.Roles), key.ExpiresAt, key.Revoked, key.User, key.Team, key.CreatedBy, key.Limits, key.Priority, key.PepperVersion,
        key.PreviousPepperVersion, key.PreviousEndsAt, string.Join(',', key.Models.IsDefault ? [] : key.Models), string.Join(',', key.Permissions.IsDefault ? [] : key.Permissions));
}
