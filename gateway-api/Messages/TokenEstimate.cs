using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>
/// How many tokens a conversation has, roughly, where no provider counts: by the bytes of its text, and a fixed number for
/// each image and page.
/// </summary>
internal static class TokenEstimate
{
    private const double BytesPerToken = 3.5;
    private const int TokensPerMessage = 4;
    private const int TokensPerTool = 20;

    // Anthropic's formula is width × height / 750, at most about 1,600: an image's size is not known here.
    private const int TokensPerImage = 1600;

    // Of a PDF, text and picture count for each page, and a page is commonly some 50 KB.
    private const int TokensPerPage = 3000;
    private const int Base64BytesPerPage = 67_000;

    /// <summary>At least 1.</summary>
    public static long Of(Conversation conversation)
    {
        var tokens = 0.0;
        foreach (var message in conversation.Messages)
        {
            tokens += TokensPerMessage + message.Parts.Sum(static part => Of(part)) + message.Calls.Sum(static call => Of(call.Name) + Of(call.Arguments));
        }

        tokens += conversation.Tools.Sum(static tool => TokensPerTool + Of(tool.Name) + Of(tool.Description ?? "") + Of(tool.Parameters));
        return Math.Max(1, (long)Math.Ceiling(tokens + Of(conversation.Format.Schema)));
    }

    private static double Of(Part part) => part switch
    {
        TextPart text => Of(text.Text),
        RefusalPart refusal => Of(refusal.Text),
        ReasoningPart => 0, // thoughts of earlier turns are not counted
        ImagePart => TokensPerImage,
        FilePart { Data: { } data } => TokensPerPage * (1 + (data.Base64.Length / Base64BytesPerPage)),
        FilePart => TokensPerPage,
        _ => 0,
    };

    private static double Of(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? 0 : Of(json.GetRawText());

    private static double Of(string text) => Encoding.UTF8.GetByteCount(text) / BytesPerToken;
}
