using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Compressed bodies are never unpacked, whichever side they come from.</summary>
public sealed class DecompressionBombTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    // A thousand times smaller than what is in it.
    private static readonly byte[] Bomb = Zip(new byte[16 * 1024 * 1024]);

    [Theory]
    [InlineData("/v1/chat/completions", "gzip")]
    [InlineData("/v1/chat/completions", "br")]
    [InlineData("/v1/chat/completions", "deflate")]
    [InlineData("/v1/chat/completions", "zstd")]
    [InlineData("/v1/chat/completions", "gzip, gzip")]
    [InlineData("/v1/messages", "gzip")]
    [InlineData("/v1/responses", "gzip")]
    [InlineData("/v1/embeddings", "gzip")]
    [InlineData("/v1/completions", "gzip")]
    public async Task Request_ThatIsCompressed_IsRefused(string route, string coding)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, route) { Content = Packed(coding) });

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(0, First.RequestCount);
    }

    [Fact]
    public async Task Request_ToTheAdminPlane_ThatIsCompressed_IsRefused()
    {
        using var content = Packed("gzip");
        using var response = await Gateway.Admin.PostAsync(new Uri("/admin/v1/providers", UriKind.Relative), content, Cancel);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_ThatIsCompressedUnasked_IsNoAnswer(bool stream)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new Behaviour { BodyBytes = Bomb, ContentType = stream ? "text/event-stream" : "application/json", Headers = ["content-encoding: gzip"] });

        using var response = await ChatAsync(pair.OnlyFirst, stream);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync(Cancel)).Length, 1, 4096);
        Assert.Null(First.Requests[0].Header("accept-encoding"));
    }

    private static ByteArrayContent Packed(string coding)
    {
        var content = new ByteArrayContent(Bomb);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.TryAddWithoutValidation("content-encoding", coding);
        return content;
    }

    private static byte[] Zip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
