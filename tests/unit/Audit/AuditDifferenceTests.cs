using System.Security.Cryptography;
using System.Text;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditDifferenceTests
{
    [Theory]
    [InlineData("""{"priority":1,"name":"a"}""", """{"name":"a","priority":3}""", "priority: 1 to 3")]
    [InlineData("""{"models":[{"id":"a"}]}""", """{"models":[{"id":"a"},{"id":"b"}]}""", "models[1].id: \"b\"")]
    [InlineData("""{"region":"eu"}""", """{"region":null}""", "region: removed")]
    [InlineData("""{"a":1}""", """{"a":1}""", null)]
    [InlineData("""{"apiKey":"x-one"}""", """{"apiKey":"x-two"}""", "apiKey: changed")]
    [InlineData("""{}""", """{"headers":{"x-team":"plain-secret"}}""", "headers.x-team: set")]
    [InlineData("""{"maxOutputTokens":1}""", """{"maxOutputTokens":2}""", "maxOutputTokens: 1 to 2")]
    public void Documents_ThatDiffer_AreToldByTheirPaths(string before, string after, string? text) =>
        Assert.Equal(text, AuditDifference.Of(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after)).Text);

    [Fact]
    public void Documents_AreHashedAsTheyAre()
    {
        var document = Encoding.UTF8.GetBytes("""{"a":1}""");

        var made = AuditDifference.Of(default, document);
        var gone = AuditDifference.Of(document, default);

        Assert.Equal((null, Convert.ToHexStringLower(SHA256.HashData(document))), (made.BeforeHash, made.AfterHash));
        Assert.Equal((made.AfterHash, null, "a: removed"), (gone.BeforeHash, gone.AfterHash, gone.Text));
    }

    [Fact]
    public void Documents_ThatDifferInMuch_AreToldInPart()
    {
        var after = "{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"m{i:D3}\":{i}")) + "}";

        var text = AuditDifference.Of(default, Encoding.UTF8.GetBytes(after)).Text!;

        Assert.EndsWith("; and more", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1, AuditText.MostTextBytes);
    }
}
