using System.Security.Cryptography;
using System.Text;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.Tests.Unit.Secrets;

public sealed class SecretEnvelopeTests
{
    private const string Secret = "sk-canary-0123456789-abcd";

    private static readonly KeyEncryptionKey Old = new(new byte[32]);
    private static readonly KeyEncryptionKey New = new(Encoding.UTF8.GetBytes(new string('n', 40)));
    private static readonly SecretBinding Binding = new("provider-key", "openai", "openai\nhttps://api.example.com/v1\n");

    [Fact]
    public void Envelope_OpenedForWhatItWasSealedFor_IsTheSecret()
    {
        Assert.True(SecretEnvelope.TryOpen(Sealed(), Binding, new KeyRing(Old), out var secret, out var fault));
        Assert.Equal((Secret, ""), (secret, fault));
    }

    [Fact]
    public void Envelope_HoldsNothingOfTheSecretButItsHint()
    {
        var envelope = Sealed();

        Assert.DoesNotContain("canary", envelope, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))[..12], envelope, StringComparison.Ordinal);
        Assert.Equal("***abcd", SecretEnvelope.Shown(envelope));
    }

    [Theory]
    [InlineData("short-key", "***")]
    [InlineData("sk-long-enough-for-a-hint:x1", "***")]
    [InlineData("sk-long-enough-for-a-hint-x1y2", "***x1y2")]
    public void Envelope_OfASecret_ShowsItsEndOnlyWhereThatGivesNothingAway(string secret, string shown) =>
        Assert.Equal(shown, SecretEnvelope.Shown(SecretEnvelope.Seal(secret, Binding, Old, Random())));

    [Theory]
    [InlineData("provider-key", "other", "openai\nhttps://api.example.com/v1\n")]
    [InlineData("webhook", "openai", "openai\nhttps://api.example.com/v1\n")]
    [InlineData("provider-key", "openai", "openai\nhttps://evil.example/v1\n")]
    [InlineData("provider-keyo", "penai", "openai\nhttps://api.example.com/v1\n")]
    public void Envelope_OpenedForAnythingElse_StaysShut(string kind, string name, string place)
    {
        Assert.False(SecretEnvelope.TryOpen(Sealed(), new SecretBinding(kind, name, place), new KeyRing(Old), out var secret, out var fault));
        Assert.Equal(("", "The stored secret does not belong here, or was changed: store it anew."), (secret, fault));
    }

    [Fact]
    public void Envelope_UnderAKekThatIsNotInForce_NamesIt()
    {
        Assert.False(SecretEnvelope.TryOpen(Sealed(), Binding, new KeyRing(New), out _, out var fault));
        Assert.Contains(Old.Id, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Envelope_WithAnyCharacterChanged_StaysShut()
    {
        var envelope = Sealed();
        for (var i = 0; i < envelope.Length; i++)
        {
            var changed = envelope.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.False(SecretEnvelope.TryOpen(new string(changed), Binding, new KeyRing(Old), out _, out _), $"Character {i} of {envelope}");
        }
    }

    [Fact]
    public void Envelope_OfTwoSealings_DiffersThoughTheSecretIsTheSame() => Assert.NotEqual(Sealed(), Sealed());

    [Fact]
    public void Rewrap_UnderTheCurrentKek_OpensWithItAloneAndKeepsTheEncryptedSecret()
    {
        var before = Sealed();
        var after = SecretEnvelope.Rewrap(before, Binding, new KeyRing(New, Old), RandomNumberGenerator.GetBytes(12));

        Assert.True(SecretEnvelope.TryOpen(after!, Binding, new KeyRing(New), out var secret, out _));
        Assert.Equal(Secret, secret);
        Assert.Equal(before[^60..], after![^60..]);
        Assert.Null(SecretEnvelope.Rewrap(after, Binding, new KeyRing(New, Old), RandomNumberGenerator.GetBytes(12)));
    }

    [Theory]
    [InlineData("${KEY}")]
    [InlineData("sealed:1:")]
    [InlineData("sealed:2:0000000000000000::AAAA")]
    public void Rewrap_OfWhatIsNoEnvelope_LeavesIt(string text) =>
        Assert.Null(SecretEnvelope.Rewrap(text, Binding, new KeyRing(New, Old), RandomNumberGenerator.GetBytes(12)));

    [Fact]
    public void Kek_Printed_ShowsNothingOfItself() => Assert.Equal($"KEK {New.Id}", New.ToString());

    [Fact]
    public void Kek_ThatIsTooShort_IsRefused() => Assert.Throws<ArgumentException>(() => new KeyEncryptionKey(new byte[31]));

    // Golden: what one release has sealed, every later one opens.
    [Fact]
    public void Envelope_OfRelease02_IsOpened()
    {
        const string Golden = "sealed:1:4f0dedbd6b5ea7a2:abcd:AAAAAAAAAAAAAAAA5MM6RPhTWeAPvnW9oG-8IpJuRQNjzEHHDwYqXVWQIVRwAM_OuJiQSiGEo_qbcXLcAAAAAAAAAAAAAAAA5n_-FK2VSOKorq06Smyat73MbV4sDgocfmP14ojAqS1EVzvzGsdIF7U";

        Assert.Equal(Golden, SecretEnvelope.Seal(Secret, Binding, Old, new byte[SecretEnvelope.RandomBytes]));
        Assert.True(SecretEnvelope.TryOpen(Golden, Binding, new KeyRing(Old), out var secret, out _));
        Assert.Equal(Secret, secret);
    }

    private static string Sealed() => SecretEnvelope.Seal(Secret, Binding, Old, Random());

    private static byte[] Random() => RandomNumberGenerator.GetBytes(SecretEnvelope.RandomBytes);
}
