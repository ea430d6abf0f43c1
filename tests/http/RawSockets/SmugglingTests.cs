using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.RawSockets;

/// <summary>Requests whose end is told in two ways: one in, at most one out, and the connection is not used on.</summary>
public sealed class SmugglingTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private const string Line = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";
    private const string Body = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}""";
    private const string Smuggled = "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 62\r\n\r\n" + Body;

    public static TheoryData<string, string> Shapes => new()
    {
        { "content length and chunked", Line + "content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + Smuggled },
        { "chunked and content length", Line + $"transfer-encoding: chunked\r\ncontent-length: {Body.Length + 9}\r\n\r\n3e\r\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "two content lengths", Line + $"content-length: 62\r\ncontent-length: {Body.Length + Smuggled.Length}\r\n\r\n{Body}" + Smuggled },
        { "a list of content lengths", Line + $"content-length: 62, 62\r\n\r\n{Body}" + Smuggled },
        { "an unknown transfer coding", Line + $"transfer-encoding: xchunked\r\n\r\n3e\r\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "chunked twice", Line + $"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n3e\r\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "a vertical tab before chunked", Line + $"transfer-encoding: \vchunked\r\n\r\n3e\r\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "a line feed in a chunk extension", Line + $"transfer-encoding: chunked\r\n\r\n3e;a\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "a chunk size beyond a number", Line + $"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "a negative chunk size", Line + $"transfer-encoding: chunked\r\n\r\n-3e\r\n{Body}\r\n0\r\n\r\n" + Smuggled },
        { "a blank before the colon", Line + $"content-length : 62\r\n\r\n{Body}" + Smuggled },
        { "a folded header", Line + $"x-a: b\r\n content-length: 62\r\ncontent-length: 62\r\n\r\n{Body}" + Smuggled },
        { "no host", "POST /v1/chat/completions HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 62\r\n\r\n" + Body + Smuggled },
        { "two hosts", Line + $"host: evil.example\r\ncontent-length: 62\r\n\r\n{Body}" + Smuggled },
    };

    [Theory, MemberData(nameof(Shapes))]
    public async Task Request_WithTwoEnds_IsAtMostOneUpstream(string what, string bytes)
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        await client.SendAsync(bytes);

        var response = await client.ReadResponseAsync();

        Assert.True(response is null or { Status: 400 or 411 or 413 or 501 }, $"{what}: answered {response?.Status} {response?.Body}");
        await client.ReadToEndAsync();
        Assert.True(First.RequestCount <= 1, $"{what}: {First.RequestCount} requests went upstream.");
        Assert.Empty(First.MalformedInput);
    }

    [Fact]
    public async Task Requests_SentAtOnce_AreAnsweredInOrder()
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        var first = Line + "x-request-id: first-request\r\ncontent-length: 62\r\n\r\n" + Body;
        var second = Line + "x-request-id: second-request\r\ncontent-length: 62\r\n\r\n" + Body;
        await client.SendAsync(first + second);

        var one = await client.ReadResponseAsync();
        var two = await client.ReadResponseAsync();

        Assert.Equal((200, 200), (one!.Status, two!.Status));
        Assert.Equal(["first-request"], one.Headers["x-request-id"]);
        Assert.Equal(["second-request"], two.Headers["x-request-id"]);
        Assert.Equal(2, First.RequestCount);
    }

    [Fact]
    public async Task Request_ByteByByte_IsServed()
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        foreach (var one in Line + "transfer-encoding: chunked\r\n\r\n3e\r\n" + Body + "\r\n0\r\n\r\n")
        {
            await client.SendAsync(one.ToString());
        }

        Assert.Equal(200, (await client.ReadResponseAsync())!.Status);
        Assert.Equal(Body, (await First.NextRequestAsync()).Text);
    }

    [Fact]
    public async Task Body_ThatStopsArriving_ReachesNoProvider()
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        await client.SendAsync(Line + "content-length: 62\r\n\r\n" + Body[..10]);

        // Kestrel's least rate of 240 bytes/s holds after 5 s.
        var response = await client.ReadResponseAsync(TimeSpan.FromSeconds(30));

        Assert.True(response is null or { Status: 408 }, $"{response?.Status}");
        Assert.Equal(0, First.RequestCount);
    }
}
