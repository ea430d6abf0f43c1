using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>How many tokens a prompt has, by the size of its body: no tokenizer runs on the way of a request.</summary>
/// <param name="Likely">What is likely. Of a form with sound nobody knows: its provider tells.</param>
/// <param name="AtMost">What it is at most: no tokenizer makes more than one token of a byte.</param>
internal readonly record struct PromptSize(long Likely, long AtMost)
{
    private const double BytesPerToken = 3.5; // RELIABILITY 5.4

    // Anthropic counts at most about 1,600 tokens an image; OpenAI, in high detail, up to about 2,500.
    private const int TokensPerImage = 2_500;

    // Of a PDF, text and picture count for each page, and a page is commonly some 50 KB.
    private const int TokensPerPage = 3_000;
    private const int Base64BytesPerPage = 67_000;

    // Of speech: the leanest codecs take 6 kbit/s, and models make some 50 tokens of a second.
    private const int SoundBytesPerToken = 16;

    private static readonly byte[][] Marks = ["base64,"u8.ToArray(), "\"data\":\""u8.ToArray(), "\"data\": \""u8.ToArray()];

    /// <summary>Measures a prompt, which with pictures means to read it: once for a request.</summary>
    public static PromptSize Of(InferenceRequest request)
    {
        var (textBytes, fileTokens) = Measure(request);
        var likely = request.FormType is not null ? 0
            : request.PromptTokens ?? (long)Math.Ceiling(textBytes / BytesPerToken) + fileTokens;
        return new(likely, request.PromptTokens ?? textBytes + fileTokens);
    }

    // Images and files stand in the body in base64, which is not read as text; those that are named by an address do not stand in it.
    private static (long TextBytes, long FileTokens) Measure(InferenceRequest request)
    {
        var body = request.Body.Span;
        if (request.FormType is not null)
        {
            return (0, body.Length / SoundBytesPerToken);
        }

        if (!request.Required.HasFlag(ModelCapabilities.Vision) && body.Length < Base64BytesPerPage / 4)
        {
            return (body.Length, 0);
        }

        long fileBytes = 0, tokens = 0;
        var names = Count(body, "image_url"u8) + Count(body, "input_image"u8) + Count(body, "\"image\""u8);
        foreach (var mark in Marks)
        {
            for (var rest = body; rest.IndexOf(mark) is >= 0 and var at;)
            {
                rest = rest[(at + mark.Length)..];
                var length = Math.Max(0, rest.IndexOf((byte)'"'));
                var isFile = length > 64 && rest[..64].IndexOfAny(" .,\n"u8) < 0;
                fileBytes += isFile ? length : 0;
                tokens += isFile ? TokensPerImage + (length / Base64BytesPerPage * TokensPerPage) : 0;
                rest = rest[length..];
            }
        }

        return (Math.Max(0, body.Length - fileBytes), Math.Max(tokens, (long)names * TokensPerImage));
    }

    private static int Count(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name) => body.Count(name);
}
