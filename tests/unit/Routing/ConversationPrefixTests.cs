using System.Text;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>Which requests are taken for the same conversation.</summary>
public sealed class ConversationPrefixTests
{
    private const string Begun = """{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]}""";

    public static TheoryData<string, string, string> Same => new()
    {
        // Later turns, in another layout of the JSON.
        {
            "chat_completions", Begun,
            """{"temperature":1, "messages":[{"content":"Be brief.","role":"system"}, {"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."},{"role":"user","content":"And?"}],"model":"m"}"""
        },

        // A string is a part, and marks for the prompt cache move.
        {
            "messages",
            """{"model":"m","system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral","ttl":"5m"}}]}]}""",
            """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."},{"role":"user","content":[{"type":"text","text":"And?","cache_control":{"type":"ephemeral"}}]}],"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"model":"m"}"""
        },
        {
            "responses",
            """{"model":"m","instructions":"Be brief.","input":[{"role":"user","content":"Hi"}]}""",
            """{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]},{"role":"assistant","content":"Hello."},{"role":"user","content":"And?"}],"instructions":"Be brief."}"""
        },
    };

    public static TheoryData<string, string, string> Different => new()
    {
        { "chat_completions", Begun, Begun.Replace("Hi", "Ho", StringComparison.Ordinal) },
        { "chat_completions", Begun, Begun.Replace("brief", "short", StringComparison.Ordinal) },
        {
            "messages",
            """{"model":"m","system":"A","messages":[{"role":"user","content":"B"}]}""",
            """{"model":"m","system":"B","messages":[{"role":"user","content":"A"}]}"""
        },
        { "responses", """{"model":"m","input":"Hi"}""", """{"model":"m","input":"Ho"}""" },
        { "completions", """{"model":"m","prompt":"Hi"}""", """{"model":"m","prompt":"Ho"}""" },
    };

    [Theory, MemberData(nameof(Same))]
    public void Prefix_OfALaterTurn_IsTheSame(string route, string first, string later)
    {
        Assert.NotNull(Of(route, first));
        Assert.Equal(Of(route, first), Of(route, later));
    }

    [Theory, MemberData(nameof(Different))]
    public void Prefix_OfAnotherConversation_IsAnother(string route, string one, string other)
    {
        Assert.NotNull(Of(route, one));
        Assert.NotEqual(Of(route, one), Of(route, other));
    }

    [Fact]
    public void Prefix_OfTheSameWordsByAnotherTenant_IsAnother() =>
        Assert.NotEqual(Of("chat_completions", Begun), Of("chat_completions", Begun, "key:other"));

    [Fact]
    public void Prefix_OfARequestWithoutConversation_IsNone() => Assert.Null(Of("embeddings", """{"model":"m","input":"Hi"}"""));

    [Theory]
    [InlineData("""{"model":"m","messages":[{"\ud800":1,"role":"user","content":"Hi"}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"\ud800","content":"Hi"}]}""")]
    public void Prefix_WithHalfASurrogatePair_IsAPrefixAllTheSame(string body) => Assert.NotNull(Of("chat_completions", body));

    [Fact]
    public void Prefix_OfManyTurns_AllocatesNothing()
    {
        var turns = string.Concat(Enumerable.Repeat(""",{"role":"assistant","content":"Hello."},{"role":"user","content":"And?"}""", 50));
        var request = Request("chat_completions", $$"""{"model":"m","messages":[{"role":"user","content":"Hi"}{{turns}}]}""");
        ConversationPrefix.Of(request, "key:a");

        var before = GC.GetAllocatedBytesForCurrentThread();
        ConversationPrefix.Of(request, "key:a");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ulong? Of(string route, string body, string tenant = "key:a") => ConversationPrefix.Of(Request(route, body), tenant);

    private static InferenceRequest Request(string route, string body)
    {
        Assert.Null(RequestScanner.Scan(Encoding.UTF8.GetBytes(body), GatewayMetrics.OperationOf(route)!.Value, new(), new ModelNames(), out var request));
        return request!;
    }
}
