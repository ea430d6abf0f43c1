using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>How many tokens a prompt has, by the size of its body: no tokenizer runs on the way of a request.</summary>
/// <param name="Likely">What is likely. Of a form with sound nobody knows: its provider tells.</param>
/// <param name="AtMost">What of it stands in the body is at most: no tokenizer makes more than one token of a byte.</param>
/// <param name="GoesOn">Whether its provider may read more than that: documents, and what is only named.</param>
internal readonly record struct PromptSize(long Likely, long AtMost, bool GoesOn)
{
    private const double BytesPerToken = 3.5; // RELIABILITY 5.4

    // A shorter body holds no image worth the reading, unless it is known to have one.
    private const int LeastWithImages = 16_750;

    // Of speech: the leanest codecs take 6 kbit/s, and models make some 50 tokens of a second.
    private const int SoundBytesPerToken = 16;

    /// <summary>Measures a prompt, which with files means to read it: once for a request.</summary>
    public static PromptSize Of(InferenceRequest request)
    {
        var body = request.Body.Span;
        if (request.FormType is not null)
        {
            return new(0, request.PromptTokens ?? body.Length / SoundBytesPerToken, false);
        }

        var files = PromptFiles.In(body, request.Operation);
        var tokens = Math.Max(files.Tokens, NamedImages(request, body) * PromptFiles.TokensPerImage);
        var likely = (long)Math.Ceiling((body.Length - files.FileBytes) / BytesPerToken) + tokens;
        return new(request.PromptTokens ?? likely, request.PromptTokens ?? body.Length - files.MediaBytes + tokens, files.GoOn);
    }

    // Images stand in the body in base64, or are named by an address: each is named so or so.
    private static long NamedImages(InferenceRequest request, ReadOnlySpan<byte> body) =>
        request.Required.HasFlag(ModelCapabilities.Vision) || body.Length >= LeastWithImages
            ? (long)body.Count("image_url"u8) + body.Count("input_image"u8) + body.Count("\"image\""u8)
            : 0;
}
