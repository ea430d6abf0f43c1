using System.Text;
using System.Text.Json;
using CsCheck;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Unit.Dialects;

public sealed class JsonRunTests
{
    private static readonly Gen<string> Scalars = Gen.OneOf(
        OneOf("null", "true", "-1.5e+3", "0", "\"\"", "\"]\"", "\"a\\\"}\"", "\"\\\\\"", "\"{[\\u0022\"", "\"ü\""),
        Gen.Int.Select(static number => $"{number}"));

    private static readonly Gen<string> Blanks = OneOf("", " ", "\n\t", "\r\n");

    [Fact]
    public void AnyJson_IsWalkedAsTheReaderDoes() => Values(4).Sample(
        static text =>
        {
            var json = Encoding.UTF8.GetBytes(text[0] is '[' or '{' ? text : $"[{text}]");
            using var document = JsonDocument.Parse(json);
            var expected = document.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.EnumerateArray().Select(static item => $":{item.GetRawText()}")
                : document.RootElement.EnumerateObject().Select(static member => $"{member.Name}:{member.Value.GetRawText()}");
            Assert.Equal(expected, Walk(json));
        },
        iter: 2_000,
        threads: 1);

    [Theory]
    [InlineData("[")]
    [InlineData("[1")]
    [InlineData("[\"a")]
    [InlineData("[\"a\\")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a\":[{}")]
    [InlineData("1")]
    public void BrokenJson_EndsInAFault(string text) =>
        Assert.ThrowsAny<Exception>(() => Walk(Encoding.UTF8.GetBytes(text)));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static List<string> Walk(byte[] json)
    {
        var run = new JsonRun(json, 0);
        var found = new List<string>();
        while (run.MoveNext())
        {
            found.Add($"{Encoding.UTF8.GetString(run.Name)}:{Encoding.UTF8.GetString(json[run.Value])}");
        }

        Assert.Equal(json.Length - 1, run.Closing);
        return found;
    }

    private static Gen<string> Values(int depth) => depth == 0
        ? Scalars
        : Gen.OneOf(Scalars, Arrays(depth), Objects(depth));

    private static Gen<string> Arrays(int depth) => Gen.Select(Blanks, Values(depth - 1).Array[0, 4]).Select(
        static (blank, items) => $"[{blank}{string.Join($"{blank},{blank}", items)}{blank}]");

    private static Gen<string> Objects(int depth) => Gen.Select(Blanks, Values(depth - 1).Array[0, 4]).Select(
        static (blank, items) => $"{{{blank}{string.Join($"{blank},{blank}", items.Select((item, i) => $"\"n{i}\"{blank}:{blank}{item}"))}{blank}}}");
}
