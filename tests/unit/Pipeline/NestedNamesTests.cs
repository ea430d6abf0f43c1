using System.Text;
using System.Text.Json;
using CsCheck;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Pipeline;

/// <summary>A member that comes twice, at any depth of a conversation or its tools, against .NET's own strict reading.</summary>
public sealed class NestedNamesTests
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Few names in several spellings, so that many values have one of them twice.
    private static readonly Gen<string> Name = OneOf("a", "b", "\\u0061", "type", "content", "é", "\\u00e9", "aa", "");

    [Fact]
    public void Conversation_IsRefusedWhereAStrictReaderRefusesIt()
    {
        var refused = 0;
        Gen.Select(Object(4), Object(3), static (message, tool) => (message, tool)).Sample(
            pair =>
            {
                var body = $$"""{"model":"m","messages":[{"role":"user","content":"Hi"},{{pair.message}}],"tools":[{{pair.tool}}]}""";
                var isTwice = IsTwice(body);
                refused += isTwice ? 1 : 0;
                Assert.Equal((body, isTwice), (body, Scan(body) is not null));
            },
            iter: 20_000,
            threads: 1);
        Assert.InRange(refused, 1000, 19_000);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(500)]
    public void Object_OfManyMembers_IsTakenUntilOneComesTwice(int members)
    {
        var names = string.Join(',', Enumerable.Range(0, members).Select(static i => $"\"n{i}\":{{\"x\":1}}"));
        Assert.Null(Scan(Message("{" + names + ",\"inner\":{" + names + "}}")));
        Assert.NotNull(Scan(Message("{" + names + $",\"n{members - 1}\":1}}")));
        Assert.NotNull(Scan(Message("{" + names + ",\"n0\":1}")));
        Assert.NotNull(Scan(Message("{" + names + ",\"\\u006e0\":1}")));
    }

    [Fact]
    public void Object_OfMoreMembersThanAnyoneSends_IsRefused()
    {
        Assert.Null(Scan(Message(Members(16_384))));
        Assert.NotNull(Scan(Message(Members(16_385))));

        static string Members(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"n{i}\":1")) + "}";
    }

    [Fact]
    public void Tools_AreCounted()
    {
        Assert.Null(Scan(Tools(512)));
        Assert.Contains("512", Scan(Tools(513))!.Message, StringComparison.Ordinal);

        static string Tools(int count) =>
            $$"""{"model":"m","messages":[{}],"tools":[{{string.Join(',', Enumerable.Repeat("""{"type":"function","function":{"name":"f"}}""", count))}}]}""";
    }

    private static string Message(string value) => $$"""{"model":"m","messages":[{{value}}]}""";

    private static Gen<string> Object(int depth) =>
        Gen.Select(Name, Value(depth), static (name, value) => $"\"{name}\":{value}").Array[0, 4].Select(static members => $"{{{string.Join(',', members)}}}");

    private static Gen<string> Value(int depth) =>
        depth == 0
            ? OneOf("1", "\"x\"", "null", "[]", "{}")
            : Gen.OneOf(OneOf("1", "\"{\"", "true"), Object(depth - 1), Object(depth - 1).Array[0, 2].Select(static items => $"[{string.Join(',', items)}]"));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(at => texts[at]);

    private static bool IsTwice(string body)
    {
        try
        {
            JsonDocument.Parse(body, Strict).Dispose();
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static Refusal? Scan(string body) =>
        RequestScanner.Scan(Encoding.UTF8.GetBytes(body), InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out _);
}
