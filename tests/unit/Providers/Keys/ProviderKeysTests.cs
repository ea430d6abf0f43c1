using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Keys;

public sealed class ProviderKeysTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly Secrets _secrets = new() { ["a"] = "key-a", ["b"] = "key-b", ["c"] = "key-c" };

    [Fact]
    public void Keys_AreTakenInTurn()
    {
        var keys = Keys("a", "b", "c");

        var taken = Enumerable.Range(0, 9).Select(_ => keys.Take()!.Reveal()).ToArray();

        Assert.All(taken.GroupBy(static key => key), static group => Assert.Equal(3, group.Count()));
        Assert.Equal(3, taken[..3].Distinct().Count());
    }

    [Fact]
    public void KeyThatRests_IsLeftOutUntilItsTimeIsOver()
    {
        var keys = Keys("a", "b");
        Assert.True(keys.Rest(Find(keys, "key-a"), Minute));

        Assert.All(Take(keys, 4), static key => Assert.Equal("key-b", key));

        _clock.Advance(Minute);
        Assert.Equal(["key-a", "key-b"], Take(keys, 4).Distinct().Order());
    }

    [Fact]
    public void WhenAllRest_TheFirstToWakeIsTaken()
    {
        var keys = Keys("a", "b");
        keys.Rest(Find(keys, "key-a"), Minute);

        Assert.False(keys.Rest(Find(keys, "key-b"), 2 * Minute));

        Assert.All(Take(keys, 4), static key => Assert.Equal("key-a", key));
    }

    [Fact]
    public void KeyThatIsAlone_NeverRests()
    {
        var keys = Keys("a");

        Assert.False(keys.Rest(keys.Take(), Minute));
        Assert.Equal("key-a", keys.Take()!.Reveal());
    }

    [Fact]
    public void Rest_OutlastsReadingTheKeysAnew()
    {
        var keys = Keys("a", "b");
        keys.Rest(Find(keys, "key-a"), 5 * Minute);

        _clock.Advance(Minute);

        Assert.All(Take(keys, 4), static key => Assert.Equal("key-b", key));
    }

    [Fact]
    public void KeyThatIsRenewed_TakesThePlaceOfTheOldOne()
    {
        var keys = Keys("a");
        _secrets["a"] = "key-a2";

        _clock.Advance(Minute);

        Assert.Equal("key-a2", keys.Take()!.Reveal());
    }

    [Fact]
    public void KeyThatIsRenewedWhileAllRest_IsTakenAtOnceAndAlone()
    {
        var keys = Keys("a", "b");
        keys.Rest(Find(keys, "key-a"), 10 * Minute);
        keys.Rest(Find(keys, "key-b"), 10 * Minute);
        _secrets["b"] = "key-b2";

        _clock.Advance(Minute);

        Assert.All(Take(keys, 4), static key => Assert.Equal("key-b2", key));
        _clock.Advance(10 * Minute);
        Assert.Equal(["key-a", "key-b2"], Take(keys, 4).Distinct().Order());
    }

    [Fact]
    public void KeyThatIsBeingRenewedWhileAllRest_LeavesTheOneThatWakesFirst()
    {
        var keys = Keys("a", "b");
        keys.Rest(Find(keys, "key-a"), 10 * Minute);
        keys.Rest(Find(keys, "key-b"), 20 * Minute);
        _secrets.Remove("a");
        _secrets.Remove("b");

        _clock.Advance(Minute);

        Assert.NotNull(keys.Fault);
        Assert.All(Take(keys, 4), static key => Assert.Equal("key-a", key));
        _secrets["b"] = "key-b2";
        _clock.Advance(Minute);
        Assert.Null(keys.Fault);
        Assert.All(Take(keys, 4), static key => Assert.Equal("key-b2", key));
    }

    [Fact]
    public void KeyThatIsMissing_LeavesTheOthers()
    {
        var keys = Keys("a", "nowhere");

        Assert.Null(keys.Fault);
        Assert.All(Take(keys, 2), static key => Assert.Equal("key-a", key));
    }

    [Fact]
    public void NoKeyAtAll_IsAFaultOnlyWhereOneIsNeeded()
    {
        Assert.NotNull(Keys().Fault);
        Assert.NotNull(Keys("nowhere").Fault);
        Assert.Null(new ProviderKeys(Definition(), areNeeded: false, _secrets, _clock).Fault);
    }

    private static IEnumerable<string> Take(ProviderKeys keys, int count) => [.. Enumerable.Range(0, count).Select(_ => keys.Take()!.Reveal())];

    private static Secret Find(ProviderKeys keys, string value)
    {
        while (true)
        {
            var key = keys.Take()!;
            if (key.Reveal() == value)
            {
                return key;
            }
        }
    }

    private ProviderKeys Keys(params string[] references) => new(Definition(references), areNeeded: true, _secrets, _clock);

    private static ProviderDefinition Definition(params string[] references) => new()
    {
        Name = "p",
        Type = "openai",
        ApiKey = references.FirstOrDefault(),
        ApiKeys = [.. references.Skip(1)],
    };

    private sealed class Secrets : Dictionary<string, string>, ISecretResolver
    {
        public bool TryResolve(string reference, out Secret? secret, out string? fault)
        {
            secret = TryGetValue(reference, out var value) ? new Secret(value) : null;
            fault = secret is null ? "It is missing." : null;
            return secret is not null;
        }
    }
}
