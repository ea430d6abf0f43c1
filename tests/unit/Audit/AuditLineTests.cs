using System.Text;
using System.Text.Json;
using CsCheck;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditLineTests
{
    [Fact]
    public void Record_WrittenAndRead_IsTheSame()
    {
        var entry = AuditWorld.Entry(3) with
        {
            BeforeHash = new string('a', 64),
            AfterHash = new string('b', 64),
            Difference = "priority: 1 to 3",
            Detail = "a detail",
            Intent = 4,
            Count = 5,
            Until = AuditWorld.Noon.AddSeconds(9),
            Process = "host:1",
        };

        var record = AuditLine.Read(LineOf(entry))!;

        Assert.Equal((1L, AuditWorld.Noon, AuditWorld.Keys().CurrentId, AuditKeys.Beginning), (record.Seq, record.At, record.Key, record.Previous));
        Assert.Equal(entry, record.Entry);
    }

    // The bytes that are sealed must never change: what was written is verified for years. Id and hash were computed by
    // another implementation of HKDF and HMAC.
    [Fact]
    public void Line_OfTheFirstRelease_IsWrittenTheSame() => Assert.Equal(
        """{"seq":1,"at":"2026-01-01T12:00:00.000Z","log":"local/actions","key":"KEY","previous":"0000000000000000000000000000000000000000000000000000000000000000","happened":"2026-01-01T12:00:00.000Z","actor":"key:4fGh2kLmN0pQ","auth":"api_key","address":"127.0.0.1","action":"providers.update","object":"provider-3","request":"req-3","outcome":"done","hash":"HASH"}"""
            .Replace("KEY", Golden.KeyId, StringComparison.Ordinal).Replace("HASH", Golden.Hash, StringComparison.Ordinal),
        LineOf(AuditWorld.Entry(3)));

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("\u001b[2J\u001b[31mred")]
    [InlineData("a\u202eb\u2028c\u0085d\0e")]
    [InlineData("{\"seq\":2}\n{\"seq\":3}")]
    public void Text_OfAStranger_IsOneLineWithoutControls(string text)
    {
        var line = LineOf(AuditWorld.Entry() with { Object = text, Actor = text, Address = text, RequestId = text, Detail = text, Difference = text, Outcome = text, Action = text });

        Assert.All(line, c => Assert.InRange(c, ' ', '~'));
        Assert.NotNull(AuditLine.Read(line));
        using var json = JsonDocument.Parse(line);
        Assert.DoesNotContain(json.RootElement.GetProperty("object").GetString()!, c => char.IsControl(c) || c is '\u202e' or '\u2028');
    }

    [Fact]
    public void Texts_HoweverLong_StayWithinTheBoundOfALine() =>
        Gen.Select(Gen.String, Gen.Int[0, 3000]).Sample((text, length) =>
        {
            var builder = new StringBuilder(text);
            while (builder.Length < length)
            {
                builder.Append(text.Length == 0 ? "\u00e9\"" : text);
            }

            var much = builder.ToString();
            var line = LineOf(new()
            {
                HappenedAt = AuditWorld.Noon,
                Actor = much,
                Authentication = much,
                Address = much,
                Action = much,
                Object = much,
                BeforeHash = much,
                AfterHash = much,
                Difference = much,
                RequestId = much,
                Outcome = much,
                Detail = much,
                Intent = long.MaxValue,
                Count = long.MaxValue,
                Until = DateTimeOffset.MaxValue,
                Process = much,
            });

            Assert.InRange(line.Length, 1, AuditLine.MostBytes);
            Assert.True(AuditLine.TrySplit(line, out _, out _), line);
            Assert.NotNull(AuditLine.Read(line));
        });

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"seq\":1,\"hash\":\"zz\"}")]
    public void Text_ThatIsNoRecord_IsNone(string line)
    {
        Assert.False(AuditLine.TrySplit(line, out _, out _));
        Assert.Null(AuditLine.Read(line));
    }

    private static string LineOf(AuditEntry entry) => Assert.Single(new AuditChain(AuditWorld.Log, AuditWorld.Keys()).Plan([entry], AuditWorld.Noon).Lines);

    private static class Golden
    {
        public const string KeyId = "b5e29743";
        public const string Hash = "761d804faeff1274974f9b260865568fcdc2f28a529328c601af139404372877";
    }
}
