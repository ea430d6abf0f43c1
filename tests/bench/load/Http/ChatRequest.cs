using System.Globalization;
using System.Text;
using ProxyCluster.Bench.Load.Embeddings;

namespace ProxyCluster.Bench.Load.Http;

/// <summary>What a load asks for.</summary>
internal enum RequestKind
{
    /// <summary>A whole answer of about 600 bytes.</summary>
    Whole = 0,

    /// <summary>A stream of 50 events, back to back.</summary>
    Stream = 1,

    /// <summary>A stream of 50 events, 10 ms apart.</summary>
    Paced = 2,

    /// <summary>The vector of one text of about 60 tokens.</summary>
    Embeddings = 3,
}

/// <summary>The bytes of a request: of a chat, about 872 of them in the body, or for embeddings.</summary>
internal static class ChatRequest
{
    /// <summary>The model names that each candidate must pass on.</summary>
    public static readonly string[] Models = ["bench", "bench-paced"];

    /// <summary>Of requests for embeddings.</summary>
    public const string EmbeddingModel = "bench-embedding";

    private const int BodyBytes = 872;

    public static byte[] Create(Uri url, RequestKind kind, string? key)
    {
        var body = kind == RequestKind.Embeddings ? Embedding() : Body(kind);
        var authorization = key is null ? "" : $"authorization: Bearer {key}\r\n";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {url.AbsolutePath} HTTP/1.1\r\nhost: {url.Authority}\r\n{authorization}user-agent: bench/1.0\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}"));
    }

    private static string Embedding() =>
        $$"""{"model":"{{EmbeddingModel}}","input":"{{EmbeddingsUpstream.Mark}}{{string.Concat(Enumerable.Repeat("What does a gateway between applications and language models have to get right? ", 4))}}"}""";

    private static string Body(RequestKind kind)
    {
        var model = kind == RequestKind.Paced ? Models[1] : Models[0];
        var stream = kind == RequestKind.Whole ? "" : "\"stream\":true,";
        var start = $"{{\"model\":\"{model}\",{stream}\"temperature\":0.7,\"max_tokens\":256,\"messages\":["
            + "{\"role\":\"system\",\"content\":\"You are a careful assistant. Answer in short sentences and say what you do not know.\"},"
            + "{\"role\":\"user\",\"content\":\"";
        const string End = "\"}]}";
        var text = new StringBuilder();
        while (start.Length + text.Length + End.Length < BodyBytes)
        {
            text.Append("What does a gateway between applications and language models have to get right? ");
        }

        text.Length -= start.Length + text.Length + End.Length - BodyBytes;
        return start + text + End;
    }
}
