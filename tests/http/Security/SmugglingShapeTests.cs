using System.Net;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>
/// Requests whose end, line or host can be read in two ways, each with a second one hidden behind it: one in, at most one
/// out, none of it served as if nothing were wrong, and the connection is not used on.
/// </summary>
public sealed class SmugglingShapeTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private const string Body = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}""";
    private const string Target = "/v1/chat/completions";
    private const string Host = "host: 127.0.0.1\r\ncontent-type: application/json\r\n";
    private const string Line = $"POST {Target} HTTP/1.1\r\n{Host}";
    private const string Hidden = $"{Line}content-length: 62\r\n\r\n{Body}";
    private const string Chunks = $"3e\r\n{Body}\r\n0\r\n\r\n";
    private const string Chunked = "transfer-encoding: chunked\r\n";

    private static readonly string[] Lengths =
    [
        "+62", " +62", "++62", "+0", "6_2", "62e0", "62-", "62+", "000000000000000000062", "62\u007f", "1e2", "00x3e",
        "62, 62", "62,0", "62;", "-62", "6 2", "0x3e", "62.0", "six", "", "99999999999999999999", "\v62", "62\0", "\u00a062",
    ];

    private static readonly string[] Codings =
    [
        "xchunked", "chunkedx", "chunked, identity", "identity", "gzip", "chunked;q=1", "\"chunked\"", "\vchunked", "\fchunked", "chunked\0", "chunk ed", "chunked gzip", ",", "",
    ];

    private static readonly string[] Framings =
    [
        $"3e;a\n{Body}\r\n0\r\n\r\n", $"3e\n{Body}\r\n0\r\n\r\n", $"0x3e\r\n{Body}\r\n0\r\n\r\n", $"+3e\r\n{Body}\r\n0\r\n\r\n", $"-3e\r\n{Body}\r\n0\r\n\r\n",
        $" 3e\r\n{Body}\r\n0\r\n\r\n", $"g\r\n{Body}\r\n0\r\n\r\n", $"\r\n{Body}\r\n0\r\n\r\n", $"fffffffffffffffff\r\n{Body}\r\n0\r\n\r\n", $"3e\r{Body}\r\n0\r\n\r\n",
        $"3e\r\n{Body}XX0\r\n\r\n", $"3f\r\n{Body}\r\n0\r\n\r\n", $"3d\r\n{Body}\r\n0\r\n\r\n", $"3e\r\n{Body}\n0\r\n\r\n", $"3e\r\n{Body}0\r\n\r\n", $"3e,3e\r\n{Body}\r\n0\r\n\r\n",
    ];

    private static readonly string[] Heads =
    [
        $"{Line}content-length: 6\r\n{Chunked}\r\n0\r\n\r\n",
        $"{Line}{Chunked}content-length: 71\r\n\r\n{Chunks}",
        $"{Line}content-length: 62\r\ncontent-length: 0\r\n\r\n{Body}",
        $"{Line}content-length : 62\r\n\r\n{Body}",
        $"{Line}content-length\t: 62\r\n\r\n{Body}",
        $"{Line}x-a: b\r\n content-length: 62\r\ncontent-length: 62\r\n\r\n{Body}",
        $"{Line}x-a: b\r\n\tchunked\r\ncontent-length: 62\r\n\r\n{Body}",
        $"{Line}{Chunked}transfer-encoding: identity\r\n\r\n{Chunks}",
        $"{Line}transfer-encoding : chunked\r\n\r\n{Chunks}",
        $"{Line} transfer-encoding: chunked\r\n\r\n{Chunks}",
        $"{Line}transfer_encoding: chunked\r\n\r\n{Chunks}",
        $"{Line}garbage\r\ncontent-length: 62\r\n\r\n{Body}",
        $"{Line}: novalue\r\ncontent-length: 62\r\n\r\n{Body}",
        $"{Line}x-a: a\0b\r\ncontent-length: 62\r\n\r\n{Body}",
        $"{Line}x-a: a\rb\r\ncontent-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 62\r\n\r\n{Body}",
        $"{Line}host: evil.example\r\ncontent-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/1.1\r\nhost: a b\r\ncontent-type: application/json\r\ncontent-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/1.1\r\nhost: x/#@127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/1.1 x\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/1.10\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/2.0\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"POST {Target} HTTP/0.9\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"POST {Target}\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"POST\t{Target} HTTP/1.1\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"PO ST {Target} HTTP/1.1\r\n{Host}content-length: 62\r\n\r\n{Body}",
        $"POST http://evil.example{Target} HTTP/1.1\r\n{Host}content-length: 62\r\n\r\n{Body}",
    ];

    public static TheoryData<int, string> Shapes
    {
        get
        {
            string[] all =
            [
                .. Lengths.Select(length => $"{Line}content-length: {length}\r\n\r\n{Body}"),
                .. Codings.Select(coding => $"{Line}transfer-encoding: {coding}\r\n\r\n{Chunks}"),
                .. Framings.Select(framing => $"{Line}{Chunked}\r\n{framing}"),
                .. Heads,
            ];
            var shapes = new TheoryData<int, string>();
            for (var i = 0; i < all.Length; i++)
            {
                shapes.Add(i, all[i]);
            }

            return shapes;
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task Request_WithASecondHiddenBehindIt_IsAtMostOneUpstream(int shape, string bytes)
    {
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data);
        await client.SendAsync(bytes + Hidden);

        var response = await client.ReadResponseAsync();

        Assert.True(response is null or { Status: 400 or 404 or 408 or 411 or 413 or 501 or 505 }, $"Shape {shape} was answered {response?.Status} {response?.Body}");
        await client.ReadToEndAsync();
        Assert.True(First.RequestCount <= 1, $"Of shape {shape} {First.RequestCount} requests went upstream.");
        Assert.Empty(First.MalformedInput);
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task Change_WithASecondHiddenBehindIt_ChangesNothing(int shape, string bytes)
    {
        // As long as the shapes say; taken, it would make a provider.
        const string Change = """{"name":"smuggled","type":"simulator","models":["smuggled"]}  """;
        Assert.Equal(Body.Length, Change.Length);
        using var client = await RawHttp.ConnectAsync(Gateway.Gateway.Admin);
        await client.SendAsync((bytes + Hidden).Replace(Target, "/admin/v1/providers", StringComparison.Ordinal).Replace(Body, Change, StringComparison.Ordinal));

        var response = await client.ReadResponseAsync();

        Assert.True(response is null or { Status: 400 or 404 or 408 or 411 or 413 or 415 or 501 or 505 }, $"Shape {shape} was answered {response?.Status} {response?.Body}");
        await client.ReadToEndAsync();
        using var made = await Gateway.Admin.GetAsync(new Uri("/admin/v1/providers/smuggled", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, made.StatusCode);
    }

    [Fact]
    public void Shapes_AreAsManyAsTheyOughtToBe() => Assert.True(Shapes.Count >= 60, $"There are {Shapes.Count}.");
}
