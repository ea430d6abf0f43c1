using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class KeyHashTests
{
    private static readonly byte[] Pepper = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void Of_TheGoldenKey_NeverChanges()
    {
        // Stored hashes depend on it. Worked out independently, with Python's hmac.
        var hash = KeyHash.Of(Pepper, ApiKeyFormatTests.Golden);

        Assert.Equal("2ce8ef663c6c6322a61e5bfd7390b22713182687dfb0dcd569daaffd0698e52a", Convert.ToHexStringLower(hash.ToArray()));
        Assert.Equal(UInt128.Parse("2ce8ef663c6c6322a61e5bfd7390b227", System.Globalization.NumberStyles.HexNumber), hash.Prefix);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-pc-4fGh2kLmN0pQ")]
    [InlineData("any text may be a key of the file: é")]
    public void PepperHash_OfAnyKey_IsTheSameHash_HoweverManyCameBefore(string key)
    {
        var pepper = new Pepper(Pepper);
        pepper.Hash(new string('y', KeyHash.LongestKey));

        Assert.True(pepper.Hash(key).Matches(KeyHash.Of(Pepper, key)));
        Assert.True(pepper.Hash(key).Matches(KeyHash.Of(Pepper, key)));
    }

    [Fact]
    public void PepperHash_OnManyThreads_IsEachKeysOwn()
    {
        var pepper = new Pepper(Pepper);

        Parallel.For(0, 2_000, i => Assert.True(pepper.Hash($"key {i}").Matches(KeyHash.Of(Pepper, $"key {i}"))));
    }

    [Fact]
    public void PepperHash_OfTooLongAKey_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pepper(Pepper).Hash(new string('x', KeyHash.LongestKey + 1)));

    [Fact]
    public void Of_AnotherPepper_IsAnotherHash()
    {
        var one = KeyHash.Of(Pepper, ApiKeyFormatTests.Golden);
        var other = KeyHash.Of([.. Pepper.Reverse()], ApiKeyFormatTests.Golden);

        Assert.False(one.Matches(other));
        Assert.True(one.Matches(KeyHash.Of(Pepper, ApiKeyFormatTests.Golden)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void TryRead_OfAnotherLength_IsRefused(int length) => Assert.False(KeyHash.TryRead(new byte[length], out _));

    [Fact]
    public void TryRead_OfAStoredHash_IsTheHash()
    {
        var hash = KeyHash.Of(Pepper, "any text may be a key of the file: é");

        Assert.True(KeyHash.TryRead(hash.ToArray(), out var read));
        Assert.True(read.Matches(hash));
    }

    [Fact]
    public void Of_TooLongAKey_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyHash.Of(Pepper, new string('x', KeyHash.LongestKey + 1)));
}
